"""XML from strangers: no document type, no entities, bounded, with lines."""

from io import BytesIO
from typing import Any, NoReturn
from xml.sax import SAXParseException
from xml.sax.handler import ContentHandler, ErrorHandler, feature_namespaces
from xml.sax.xmlreader import InputSource

from defusedxml import DefusedXmlException
from defusedxml.sax import make_parser

from compliance.artefacts.formats.element import Element, Growing, attribute_name
from compliance.artefacts.formats.json_file import Unreadable

MAX_BYTES = 10 * 1024 * 1024


def parse(data: bytes, file: str) -> Element:
    """The document of a text file, called `file` in refusals. Raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{file}: it has more than {MAX_BYTES // 1024 // 1024} MB.")
    growing = Growing(file)
    parser = make_parser()
    parser.forbid_dtd = True
    parser.setFeature(feature_namespaces, True)
    parser.setContentHandler(_Grower(growing))
    parser.setErrorHandler(_Strict())
    source = InputSource(file)
    source.setByteStream(BytesIO(data))
    try:
        parser.parse(source)
    except DefusedXmlException as error:
        line = parser.getLineNumber() or 1
        why = "it brings a document type or entities of its own, which are not read"
        raise Unreadable(f"{file}:{line}: {why}.") from error
    except SAXParseException as error:
        line, column = error.getLineNumber() or 1, (error.getColumnNumber() or 0) + 1
        raise Unreadable(f"{file}:{line}, column {column}: this is no XML ({error.getMessage()}).") from error
    except (ValueError, LookupError) as error:
        if isinstance(error, Unreadable):
            raise
        raise Unreadable(f"{file}: it is written in an encoding that cannot be read.") from error
    return growing.done()


class _Strict(ErrorHandler):
    def error(self, exception: Any) -> NoReturn:
        raise exception

    fatalError = error  # noqa: N815 - the name the standard library calls

    def warning(self, exception: Any) -> None:
        """What is only noteworthy is left alone."""


class _Grower(ContentHandler):
    def __init__(self, growing: Growing) -> None:
        super().__init__()
        self.growing = growing
        self.locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:  # noqa: N802 - the name the standard library calls
        self.locator = locator

    def startElementNS(self, name: Any, qname: Any, attrs: Any) -> None:  # noqa: N802 - as above
        named = {attribute_name(uri or "", local): value for (uri, local), value in attrs.items()}
        named.pop("", None)
        self.growing.start(name[1], named, self.locator.getLineNumber() if self.locator else 0)

    def endElementNS(self, name: Any, qname: Any) -> None:  # noqa: N802 - as above
        self.growing.end()

    def characters(self, content: str) -> None:
        self.growing.said(content)
