"""The studies that come with Autallo, records and all."""

from importlib.resources import as_file, files
from pathlib import Path

from autallo.errors import SystemFaultError, UserError

__all__ = ["BUNDLED", "copy_study"]

#: Name of each bundled study, and what it shows.
BUNDLED = {
    "hu2019": "31 invented patients, autologous v recipient- and donor-derived CAR T cells",
    "kersey1987": "91 real patients with high-risk ALL, autologous v allogeneic transplant",
    "alloauto": "101 real patients with AML, two transplants whose curves cross",
    "okiss": "1,000 real transplants, infection and recovery compete: two kinds of hazard ratio",
}


def copy_study(name: str, folder: Path) -> Path:
    """Copy a bundled study into a folder and return the path of its study file.

    Raises
    ------
    UserError
        If there is no such study, or the folder holds other files of the same names.
    SystemFaultError
        If the folder may not be written to.
    """
    if name not in BUNDLED:
        raise UserError.one(
            "unknown-study",
            "The study must be one of those that come with Autallo.",
            found=repr(name),
            fix="Choose " + ", ".join(BUNDLED) + ".",
        )
    try:
        return _copied(name, folder)
    except OSError as error:
        raise SystemFaultError.one(
            "cannot-write",
            f"Can't write the study: {(error.strerror or 'the system refused').lower()}.",
            file=folder.name,
            fix="Make room or choose another folder with --out.",
        ) from None


def _copied(name: str, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with as_file(files(__package__) / name) as source:
        for path in sorted(source.iterdir()):
            if path.is_file() and path.suffix in {".yaml", ".csv", ".xlsx", ".md"}:
                _copy(path, folder / path.name)
    return folder / "study.yaml"


def _copy(source: Path, target: Path) -> None:
    content = source.read_bytes()
    if target.exists() and target.read_bytes() != content:
        raise UserError.one(
            "folder-taken",
            "A file of the demonstration is already there and differs.",
            file=target.name,
            fix="Choose another folder with --out, or remove the file.",
        )
    target.write_bytes(content)
