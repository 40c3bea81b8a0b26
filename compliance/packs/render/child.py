"""The program of a rendering child: `python -P compliance/packs/render/child.py SETTINGS`.

It loads as little as the work asks for: no database, no Celery, and WeasyPrint only when markup is to be set.
"""

import json
import resource
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from django.conf import settings

MEMORY = 1024**3  # of address space: a document that needs more is refused, not swapped


def main(told: str) -> None:
    """Do what is told, line by line, until there is no more."""
    bare = sys.modules["compliance"] = ModuleType("compliance")  # the package itself would bring Celery along
    bare.__path__ = [str(Path(__file__).parents[2])]
    settings.configure(**json.loads(told))
    hard = resource.getrlimit(resource.RLIMIT_AS)[1]
    limit = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    answers, sys.stdout = sys.stdout, sys.stderr
    for line in sys.stdin.buffer:
        answer = do(json.loads(line))
        answer["peak"] = peak()
        answers.write(json.dumps(answer) + "\n")
        answers.flush()


def peak() -> int:
    """The most memory this process had, in kilobytes. What `getrusage` tells began with that of the parent."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:"))


def do(work: dict[str, Any]) -> dict[str, Any]:
    """Render one piece; the answer says why when it failed."""
    from compliance.packs.render.fragment import RenderFailed, fragment
    from compliance.packs.render.sheets import set_block

    try:
        if work["kind"] == "block":
            set_block(work["key"], work["changes"], work["slot"])
        else:
            fragment(work["body"], title=work["title"])
    except RenderFailed as error:
        return {"failed": str(error)}
    except MemoryError:
        return {"failed": f"{work['title']}: it needs more memory than one part of a pack may have"}
    return {}


if __name__ == "__main__":
    main(sys.argv[1])
