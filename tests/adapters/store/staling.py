"""An index that no longer holds what its table does, though its schema says that all is well."""

import sqlite3
from contextlib import closing
from pathlib import Path

OTHER = "update turns set fate = case when fate is null then 'folded' when fate <> 'folded' then fate end"
"""Twice, and all is as it was."""

ENTRY = "type, name, tbl_name, rootpage, sql"


def stale(path: Path) -> None:
    """Change rows, and change them back while their index is out of the schema."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(OTHER).rowcount
        row = connection.execute(f"select {ENTRY} from sqlite_master where name = 'turns_counted'").fetchone()
        connection.execute("pragma writable_schema = on")
        connection.execute("delete from sqlite_master where name = 'turns_counted'")
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        assert connection.execute(OTHER).rowcount
        connection.execute("pragma writable_schema = on")
        connection.execute(f"insert into sqlite_master ({ENTRY}) values (?, ?, ?, ?, ?)", row)
