"""The study file: read from YAML into a Protocol, or refused with every problem it has."""

import difflib
import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from autallo.errors import Finding, ProtocolError
from autallo.ingest.codes import Place
from autallo.ingest.marked_yaml import MarkedTree, read_yaml
from autallo.ingest.study_wording import read_complaints
from autallo.model.protocol import Protocol

__all__ = ["StudyFile", "read_study_file"]

LARGEST = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFile:
    """A study file that was read.

    Attributes
    ----------
    protocol : Protocol
        What it says.
    path, folder : Path
        The file, and the folder that the names of its sources are relative to.
    sha256 : str
        Hash of its bytes.
    """

    protocol: Protocol
    path: Path
    folder: Path
    sha256: str


def read_study_file(path: Path) -> StudyFile:
    """Read a study file.

    Raises
    ------
    ProtocolError
        With every problem of the file, each with line, column and how to mend it.
    """
    place = Place(file=path.name if path.is_absolute() else path.as_posix())
    data = _bytes(path, place)
    tree, findings = _tree(_text(data, place), place)
    protocol = _protocol(tree, findings, place)
    return StudyFile(
        protocol=protocol,
        path=path,
        folder=path.parent,
        sha256=hashlib.sha256(data).hexdigest(),
    )


def _bytes(path: Path, place: Place) -> bytes:
    try:
        if not path.exists():
            stop = ("study-missing", "There is no study file of this name.", _nearest(path))
        elif not path.is_file():
            fix = "Name the file: study.yaml in that folder?"
            stop = ("study-unreadable", "The study file must be a file, not a folder.", fix)
        elif path.stat().st_size > LARGEST:
            fix = "Name the right file."
            stop = ("study-size", "The study file must not be larger than 1 MiB.", fix)
        else:
            return path.read_bytes()
    except OSError:
        fix = "Check the permissions of the file."
        stop = ("study-unreadable", "The study file can't be opened.", fix)
    code, sentence, fix = stop
    raise ProtocolError([place.finding(code, sentence, fix=fix)])


def _nearest(path: Path) -> str:
    names = [item.name for item in path.parent.glob("*.y*ml")] if path.parent.is_dir() else []
    near = difflib.get_close_matches(path.name, names, n=1) or sorted(names)[:1]
    return f"Did you mean `{near[0]}`?" if near else "Make a new study with `autallo init`."


def _text(data: bytes, place: Place) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        position = error.start - data.rfind(b"\n", 0, error.start)
        raise ProtocolError(
            [
                place.finding(
                    "study-encoding",
                    "The study file must be saved as UTF-8.",
                    mark=(line, position),
                    fix="Save it again with the encoding UTF-8.",
                )
            ]
        ) from None
    if not text.strip():
        raise ProtocolError(
            [
                place.finding(
                    "study-empty",
                    "The study file must not be empty.",
                    fix="Make a new study with `autallo init`.",
                )
            ]
        )
    return text


def _tree(text: str, place: Place) -> tuple[MarkedTree, list[Finding]]:
    tree, findings = read_yaml(text, place)
    if tree is None:
        raise ProtocolError(findings)
    if not isinstance(tree.value, dict):
        raise ProtocolError(
            [
                place.finding(
                    "value-type",
                    "The study file must hold keys with their values.",
                    mark=tree.values[()],
                    fix="Begin with `study:`.",
                )
            ]
        )
    return tree, findings


def _protocol(tree: MarkedTree, findings: list[Finding], place: Place) -> Protocol:
    """Validate; complaints of YAML and of the model are told together, by line."""
    protocol: Protocol | None = None
    problem: ValidationError | None = None
    try:
        protocol = Protocol.model_validate(tree.value)
    except ValidationError as error:
        problem = error
    told = [*findings, *read_complaints(problem, tree, place)]
    if protocol is None or told:
        told.sort(key=lambda finding: (finding.line or 0, finding.position or 0))
        raise ProtocolError(told) from None
    return protocol
