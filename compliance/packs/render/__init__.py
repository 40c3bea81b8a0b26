"""From plain data to one archival PDF: fragments by WeasyPrint, assembly by pikepdf."""
