"""What people agreed on in the product (adopted definitions, learned words), over the files of the catalog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from frontline.catalog.definitions import in_force
from frontline.catalog.loader import Catalog
from frontline.catalog.taxonomy import Revision
from frontline.core.errors import CatalogError, Fault

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from frontline.app.wiring import House
    from frontline.metrics.engine import MetricEngine


def with_agreed(house: House, files: Catalog) -> Catalog:
    """Return the catalog in force: the files, and over them what the state database holds as agreed."""
    if not _has_state(house):
        return files
    from frontline.governance import definitions, learned, taxonomy_changes

    with house.store.read() as session:
        house.agreed = _mark(session)
        adopted = in_force(files, definitions.read_adopted(session))
        revised = _with_revisions(adopted, taxonomy_changes.read_revisions(session))
        return learned.with_learned(revised, learned.approved(session))


def agreed_mark(house: House) -> object:
    """Return something that is another one after every agreement and every one taken back."""
    with house.store.read() as session:
        return _mark(session)


def keep_versions(house: House) -> None:
    """Write down the definitions in force, so that their figures can be asked for when they are others."""
    from frontline.governance import definitions

    definitions.remember_in(house.store, house.catalog)


def _mark(session: Session) -> object:
    from frontline.governance import definitions, learned, taxonomy_changes

    revisions = tuple((row.version, row.undone) for row in taxonomy_changes.read_revisions(session))
    return definitions.adoption_mark(session), tuple(learned.approved(session)), revisions


def _with_revisions(catalog: Catalog, revisions: Sequence[Revision]) -> Catalog:
    """Put what stewards accepted over the taxonomy of the files; a file that it does not fit any more is a fault.

    Raises:
        CatalogError: the file lost a code that an accepted change needs, or uses a title that one gave.
    """
    if not revisions:
        return catalog
    try:
        return replace(catalog, taxonomy=catalog.taxonomy.revised(revisions))
    except ValueError as error:
        raise CatalogError([Fault("taxonomy.yaml", 0, f"does not fit what stewards accepted: {error}")]) from None


def build_engine(house: House) -> MetricEngine:
    """Return the only door to a number, which also finds the versions that count no more."""
    from frontline.governance.definitions import KnownVersions
    from frontline.metrics.engine import MetricEngine
    from frontline.store.live import LiveReadings

    live, versions = LiveReadings(lambda: house.store), KnownVersions(lambda: house.store)
    return MetricEngine(house.catalog, house.facts, house.clock, house.policy, live=live, versions=versions)


def _has_state(house: House) -> bool:
    # A home that was never used has nothing to read, and a look at its catalog makes no database.
    return bool(house.settings.state_url) or (house.home / "state.sqlite3").is_file()
