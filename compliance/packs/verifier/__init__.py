"""The offline verifier: these modules, standard library only, joined into the one file every pack carries.

They share no code with the ledger they check: two people following the same public formats have to agree.
"""

import re
from functools import cache
from pathlib import Path

PARTS = ("reading", "signatures", "tree", "rotation", "der", "timestamp", "pdf", "pack", "history", "checks")
USAGE = '''#!/usr/bin/env python3
"""Check an evidence pack without Assay: is it genuine, complete and unchanged?

    python3 -I -S verify.py [PACK] [VOLUME ...] [--since OLDER] [--key KEY]

PACK     the ZIP, the PDF alone, or the folder the ZIP was unpacked to (by default the folder this file lies in)
VOLUME   volumes of older history, when the PDF is checked alone: then their entries are rebuilt too
--since  an older pack of the same project: proves that no history was rewritten since
--key    the key text the organisation gave you by another way: proves who signed

Exit code 0: genuine and complete. 1: not, with the reason. 2: it cannot be read.
Needs Python 3.8 or later and nothing else; opens no connection and writes no file.
"""

from __future__ import annotations

'''


@cache
def single_file() -> str:
    """Return the source of verify.py."""
    parts = []
    for name in PARTS:
        source = (Path(__file__).parent / f"{name}.py").read_text(encoding="utf-8")
        source = re.sub(r"^from (compliance|__future__)[^\n(]*(\([^)]*\))?\n", "", source, flags=re.MULTILINE)
        parts.append(re.sub(r'^"""(.+?)"""\n', rf"# --- {name}: \1\n", source, count=1, flags=re.DOTALL).strip())
    ending = 'if __name__ == "__main__":\n    sys.exit(main(sys.argv[1:]))'
    return USAGE + "\n\n\n".join([*parts, ending]) + "\n"
