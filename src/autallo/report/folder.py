"""A results folder that is either the earlier one, whole, or the new one, whole.

Everything is written to a hidden folder beside it, forced to disk, and put in place by one
rename. Where the operating system can exchange two folders in one step (Linux), there is no
instant without a complete results folder; elsewhere two renames follow each other and a run
that was stopped between them is mended by the next one.
"""

import ctypes
import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from autallo.errors import InUseError, SystemFaultError, UserError

__all__ = ["results_folder"]

MARK = "results.json"
AT_FDCWD = -100
RENAME_EXCHANGE = 2


@contextmanager
def results_folder(
    target: Path, *, study: str, keep: Iterable[Path] = (), replace: bool = False
) -> Iterator[Path]:
    """Yield an empty folder to write to; it becomes `target` when the block ends well.

    `keep` are the study file and its records: a folder that is or holds one of them is never
    replaced. A link is followed, so that the results lie where it points.

    Raises
    ------
    UserError
        If `target` holds something that is not an earlier result of this study, or the records.
    InUseError
        If another run is writing to `target`.
    SystemFaultError
        If the disk is full or may not be written to.
    """
    target = target.resolve()
    _refuse_records(target, keep)
    partial = target.with_name(f".{target.name}.partial")
    try:
        with _lock(target.with_name(f".{target.name}.lock"), target.name):
            _mend(target)
            _refuse_foreign(target, study, replace=replace)
            _remove(partial)
            partial.mkdir(parents=True)
            try:
                yield partial
                _force_to_disk(partial)
                _put_in_place(partial, target)
            finally:
                shutil.rmtree(partial, ignore_errors=True)
    except OSError as error:
        raise SystemFaultError.one(
            "cannot-write",
            f"Can't write the results: {(error.strerror or 'the system refused').lower()}.",
            file=target.name,
            fix="Make room or choose another folder with --out; earlier results are untouched.",
        ) from None


def _refuse_records(target: Path, keep: Iterable[Path]) -> None:
    """Refuse a folder that is, or holds, what the study is made from, whatever is said."""
    if any(target == path.resolve() or target in path.resolve().parents for path in keep):
        raise UserError.one(
            "folder-of-records",
            "The results folder must not hold the study file or the records.",
            file=target.name or str(target),
            fix="Choose another folder with --out, for example results.",
        )


def _remove(path: Path) -> None:
    """Remove what an interrupted run left, be it a folder, a file or a link."""
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)


def _refuse_foreign(target: Path, study: str, *, replace: bool) -> None:
    """Refuse a folder that holds other things than earlier results of the same study."""
    if not target.exists() or (target.is_dir() and not any(target.iterdir())):
        return
    if replace and target.is_dir():
        return
    found = _study_of(target)
    if found == study:
        return
    what = f"the results of the study {found!r}" if found else "files that are not ours"
    raise UserError.one(
        "folder-taken",
        "The results folder must be new, empty, or hold earlier results of this study.",
        file=target.name,
        found=what,
        fix="Choose another folder with --out, or say --replace.",
    )


def _study_of(target: Path) -> str | None:
    try:
        with (target / MARK).open(encoding="utf-8") as stream:
            return str(json.load(stream)["card"]["id"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _put_in_place(partial: Path, target: Path) -> None:
    if not target.exists():
        partial.rename(target)
    elif not _exchanged(partial, target):
        earlier = _earlier(target)
        target.rename(earlier)
        partial.rename(target)
        shutil.rmtree(earlier, ignore_errors=True)
    _force_folder(target.parent)


def _mend(target: Path) -> None:
    """Bring back the earlier results if a run was stopped between two renames."""
    earlier = _earlier(target)
    if earlier.exists() and not target.exists():
        earlier.rename(target)
    shutil.rmtree(earlier, ignore_errors=True)


def _earlier(target: Path) -> Path:
    return target.with_name(f".{target.name}.earlier")


def _exchanged(first: Path, second: Path) -> bool:
    """Exchange two folders in one step; False where the system cannot."""
    if sys.platform != "linux":
        return False
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    return bool(
        rename(AT_FDCWD, os.fsencode(first), AT_FDCWD, os.fsencode(second), RENAME_EXCHANGE) == 0
    )


def _force_to_disk(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            with path.open("rb") as stream:
                os.fsync(stream.fileno())
        else:
            _force_folder(path)
    _force_folder(folder)


def _force_folder(folder: Path) -> None:
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _lock(path: Path, name: str) -> Iterator[None]:
    """Hold a lock that the system frees by itself when the process ends, however it ends."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = _locked(path, name)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _locked(path: Path, name: str) -> int:
    while True:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        if not _take(handle):
            os.close(handle)
            raise InUseError.one(
                "in-use",
                "Another run is writing to the same results folder.",
                file=name,
                fix="Wait until it has ended, or choose another folder with --out.",
            )
        if _still_named(handle, path):
            return handle
        os.close(handle)


def _still_named(handle: int, path: Path) -> bool:
    """Whether the locked file is still the one of that name, not one just removed."""
    try:
        return os.path.samestat(os.fstat(handle), path.stat())
    except FileNotFoundError:
        return False


def _take(handle: int) -> bool:
    try:
        import fcntl
    except ImportError:  # pragma: no cover - Windows locks by the open handle of the file
        return True
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
