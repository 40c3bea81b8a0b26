"""The lists that are measured, by their name: the page of each, and which of them are of a project."""

LISTS = {
    "Projects": "projects:projects",
    "People": "projects:members",
    "Parties": "dataflows:parties",
    "Controls": "controls:controls",
    "All evidence": "controls:evidence",
    "All risks": "risks:register",
    "All tasks": "tasks:organisation",
    "Evidence": "controls:project_evidence",
    "Risks": "risks:project_register",
    "Data flows": "dataflows:project_flows",
    "Releases": "projects:releases",
    "Packs": "packs:packs",
}
IN_PROJECT = {"Evidence", "Risks", "Data flows", "Releases", "Packs"}
