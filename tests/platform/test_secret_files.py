"""Secrets that a vault lays down as files."""

from pathlib import Path

import pytest

from counterfoil.platform.secret_files import NAMES, SecretFileWrong, read


@pytest.mark.parametrize("name", NAMES)
def test_a_secret_is_read_from_the_file_that_is_named(name: str, tmp_path: Path) -> None:
    """Without the line's end that editors add."""
    file = tmp_path / "secret"
    file.write_text("s3cret value\n")
    environment = {f"{name}_FILE": str(file)}
    read(environment)
    assert environment == {name: "s3cret value"}


@pytest.mark.parametrize(
    ("content", "why"), [(b"", "is empty"), (b" \n", "is empty"), (b"\xff\xfe\xff", "can’t be read")]
)
def test_a_file_without_a_secret_is_refused_and_not_shown(content: bytes, why: str, tmp_path: Path) -> None:
    """The sentence names the setting."""
    file = tmp_path / "secret"
    file.write_bytes(content)
    with pytest.raises(SecretFileWrong, match=f"DATABASE_URL_FILE.*{why}"):
        read({"DATABASE_URL_FILE": str(file)})


def test_no_file_and_two_answers_are_refused(tmp_path: Path) -> None:
    """Nobody guesses which one is meant."""
    with pytest.raises(SecretFileWrong, match="can’t be read"):
        read({"DATABASE_URL_FILE": str(tmp_path / "nowhere")})
    with pytest.raises(SecretFileWrong, match="Both"):
        read({"DATABASE_URL_FILE": str(tmp_path / "nowhere"), "DATABASE_URL": "postgresql://one/two"})
