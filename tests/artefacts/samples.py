"""Small files of our own making, one of each format."""

import json
from typing import Any

VECTOR = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
SARIF: dict[str, Any] = {
    "version": "2.1.0",
    "runs": [
        {
            "tool": {
                "driver": {
                    "name": "Lumaro Lint",
                    "semanticVersion": "1.2.0",
                    "rules": [
                        {
                            "id": "hardcoded-key",
                            "shortDescription": {"text": "Key in the source"},
                            "properties": {"security-severity": "9.1", "tags": ["external/cwe/cwe-798"]},
                        },
                        {"id": "weak-hash", "messageStrings": {"default": {"text": "{0} is weak."}}},
                    ],
                }
            },
            "results": [
                {
                    "ruleId": "hardcoded-key",
                    "message": {"text": "A key stands in the source."},
                    "locations": [
                        {
                            "physicalLocation": {
                                "artifactLocation": {"uri": "app/src/Keys.kt"},
                                "region": {"startLine": 12},
                            }
                        }
                    ],
                },
                {"ruleIndex": 1, "level": "note", "message": {"id": "default", "arguments": ["MD5"]}},
                {"ruleId": "weak-hash", "kind": "pass", "message": {"text": "Fine."}},
                {
                    "ruleId": "weak-hash",
                    "message": {"text": "Only a cache key."},
                    "suppressions": [{"kind": "inSource", "justification": "No secret is hashed"}],
                },
            ],
        }
    ],
}
CYCLONEDX: dict[str, Any] = {
    "bomFormat": "CycloneDX",
    "specVersion": "1.5",
    "metadata": {
        "tools": {"components": [{"type": "application", "name": "cdx-maker", "version": "3.1"}]},
        "component": {"type": "application", "name": "stridewell", "version": "5.2.0", "bom-ref": "app"},
    },
    "components": [
        {
            "type": "library",
            "group": "com.example",
            "name": "netcore",
            "version": "4.9.0",
            "purl": "pkg:maven/com.example/netcore@4.9.0",
            "bom-ref": "netcore",
            "licenses": [{"license": {"id": "Apache-2.0"}}],
            "components": [{"type": "library", "name": "bytes", "version": "1.0", "purl": "pkg:maven/bytes@1.0"}],
        }
    ],
    "vulnerabilities": [
        {
            "id": "CVE-2026-1111",
            "references": [{"id": "GHSA-aaaa-bbbb-cccc"}],
            "ratings": [{"severity": "critical", "method": "CVSSv31", "vector": VECTOR}],
            "cwes": [295],
            "description": "Host names are not checked.",
            "affects": [{"ref": "netcore", "versions": [{"version": "4.9.1", "status": "unaffected"}]}],
        },
        {
            "id": "CVE-2026-2222",
            "ratings": [{"severity": "medium"}],
            "affects": [{"ref": "pkg:maven/bytes@1.0"}],
            "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "Never called."},
        },
    ],
}
ADVISORY: dict[str, Any] = {
    "id": "GHSA-aaaa-bbbb-cccc",
    "modified": "2026-10-01T00:00:00Z",
    "aliases": ["CVE-2026-1111"],
    "summary": "Host names are not checked",
    "severity": [{"type": "CVSS_V3", "score": VECTOR}],
    "affected": [
        {
            "package": {"ecosystem": "Maven", "name": "com.example:netcore"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "4.9.1"}]}],
        }
    ],
    "database_specific": {"severity": "CRITICAL", "cwe_ids": ["CWE-295"]},
}
SCANNED: dict[str, Any] = {
    "results": [
        {
            "source": {"path": "gradle.lockfile", "type": "lockfile"},
            "packages": [
                {
                    "package": {"name": "com.example:netcore", "version": "4.9.0", "ecosystem": "Maven"},
                    "vulnerabilities": [ADVISORY, {**ADVISORY, "id": "CVE-2026-1111", "aliases": []}],
                    "groups": [{"ids": ["GHSA-aaaa-bbbb-cccc", "CVE-2026-1111"], "max_severity": "9.8"}],
                }
            ],
        }
    ]
}
MOBSF: dict[str, Any] = {
    "version": "v4.1.0",
    "app_name": "Stridewell",
    "package_name": "com.lumaro.stridewell",
    "version_name": "5.2.0",
    "manifest_analysis": {
        "manifest_findings": [
            {
                "rule": "app_allowbackup",
                "title": "Data can be backed up<br>[android:allowBackup=true]",
                "severity": "warning",
                "description": "Anybody with debugging access can copy the data.",
            }
        ]
    },
    "network_security": {
        "network_findings": [{"scope": ["*"], "description": "Clear text is allowed.", "severity": "high"}]
    },
    "certificate_analysis": {"certificate_findings": [["secure", "Signed with v3", "Signed app"]]},
    "code_analysis": {
        "findings": {
            "android_sql": {
                "files": {"com/lumaro/Store.java": "10,20"},
                "metadata": {
                    "cwe": "CWE-89: Injection",
                    "owasp-mobile": "M7: Client Code Quality",
                    "masvs": "MSTG-CODE-2",
                    "description": "SQL is put together from text. Bind values.",
                    "severity": "warning",
                },
            }
        }
    },
    "binary_analysis": [
        {
            "name": "lib/arm64-v8a/libcore.so",
            "nx": {"is_nx": True, "severity": "info", "description": "NX is set."},
            "stack_canary": {"has_canary": False, "severity": "high", "description": "No canary."},
        }
    ],
    "firebase_urls": [{"url": "https://stridewell.example/.json", "open": True}],
}
MOBSF_IOS: dict[str, Any] = {
    "version": "v3.7.9",
    "bundle_id": "com.lumaro.stridewell",
    "app_version": "5.2.0",
    "ats_analysis": {"ats_findings": [{"issue": "Insecure loads", "severity": "high", "description": "Allowed."}]},
    "binary_analysis": {
        "findings": {
            "Binary uses insecure functions": {
                "detailed_desc": "strcpy is used.",
                "severity": "warning",
                "cwe": "CWE-676",
                "masvs": "MSTG-CODE-8",
            }
        }
    },
    "macho_analysis": {"name": "Stridewell", "arc": {"has_arc": False, "severity": "high", "description": "No ARC."}},
}
FILES = {
    "sarif": SARIF,
    "cyclonedx": CYCLONEDX,
    "osv": SCANNED,
    "mobsf": MOBSF,
    "mobsf-ios": MOBSF_IOS,
    "advisory": ADVISORY,
}


def written(document: Any) -> bytes:
    return json.dumps(document, indent=1).encode()
