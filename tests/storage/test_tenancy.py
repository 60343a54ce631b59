"""No viewer meets a row of others, whatever table it asks and however it asks: on both databases."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    MetaData,
    Table,
    and_,
    case,
    delete,
    exists,
    func,
    insert,
    lateral,
    literal,
    literal_column,
    or_,
    select,
    table,
    text,
    union,
    update,
)
from sqlalchemy.orm import aliased

from adplat.domain import (
    AdplatError,
    AuditEntry,
    InternalFault,
    NotPermitted,
    Right,
    Role,
    UnknownReference,
    Viewer,
)
from adplat.storage import Database, SqlAuditTrail, SqlCatalogue, SqlJobs, seen_by
from adplat.storage import tenancy as rules
from adplat.storage.audit_trail import audit
from adplat.storage.people_tables import AuditHeadRow, AuditRow, UserRow
from adplat.storage.tables import (
    AdRow,
    AdvertiserRow,
    Base,
    BundleRow,
    CampaignRow,
    CreativeRow,
    ExperimentRow,
    HourlyMetricRow,
    JobRow,
    StreamCoverageRow,
)
from adplat.storage.tenancy import OWN_ROWS, TENANCY, Owned, OwnedThrough, Reach
from adplat.storage.upserts import keep_rows, replace_rows

from .builders import NOON, a_campaign, a_creative, an_ad, an_advertiser

TEA, INK, BOTH = frozenset({"a1"}), frozenset({"a2"}), frozenset({"a1", "a2"})
VIEWERS = {
    "tea": Viewer("mei@tea", Role.ADVERTISER, TEA),
    "ink": Viewer("li@ink", Role.ADVERTISER, INK),
    "both": Viewer("wang@agency", Role.ADVERTISER, BOTH),
    "a stranger": Viewer("eve", Role.ADVERTISER, frozenset({"a9"})),
    "a key for tea": Viewer("root", Role.ADMIN, TEA, frozenset({Right.SEE_CATALOGUE})),
    "a key for nobody": Viewer("root", Role.ADMIN, frozenset()),
    "operator": Viewer("op", Role.OPERATOR),
    "analyst": Viewer("ann", Role.ANALYST),
    "read-only": Viewer("ro", Role.READ_ONLY),
    "admin": Viewer("root", Role.ADMIN),
}
TABLES = sorted(Base.metadata.tables)
OWNERS = ("a1", "a2", "")  # of the rows of each owned table; the last one is nobody's where that can be


def values_of(table_name: str, number: int) -> dict[str, Any]:
    """A row for advertiser ``a{number}``; everything is told by its column's type, ids by the number."""
    found: dict[str, Any] = {}
    for column in Base.metadata.tables[table_name].columns:
        kind = column.type.python_type if column.type.__class__.__name__ != "JSON" else dict
        moment = NOON + timedelta(hours=number)
        told: Any = {str: f"{column.name}{number}", int: number, float: 0.5, bool: True, dict: {}}.get(kind, moment)
        found[column.name] = told
    ids = {
        "advertiser_id": f"a{number}",
        "campaign_id": f"k{number}",
        "ad_id": f"ad{number}",
        "creative_id": f"c{number}",
        "experiment_id": f"e{number}",
        "forecast_id": f"f{number}",
        "job_id": number,
        "user_id": f"u{number}",
        "caller_id": f"caller{number}",
        "bundle_id": f"b{number}",
    }
    return {name: ids.get(name, value) for name, value in found.items()}


def fill(database: Database) -> None:
    """Two rows in every table, one of each advertiser; and one of nobody where a row may be nobody's."""
    with database.write() as connection:
        for name in [one.name for one in Base.metadata.sorted_tables]:
            if name in {"audit_head", "stream_coverage"}:
                continue
            for number in (1, 2):
                connection.execute(insert(Base.metadata.tables[name]).values(values_of(name, number)))
        for name in ("experiments", "jobs", "audit"):
            mine = values_of(name, 3) | {"advertiser_id": None}
            connection.execute(insert(Base.metadata.tables[name]).values(mine))
        connection.execute(update(AuditHeadRow).values(number=3, sha256="sha2563", rows=3))


@pytest.fixture
def filled(database: Database) -> Database:
    fill(database)
    return database


def advertiser_of(name: str, row: Any) -> str | None:
    """Whose row it is, by the numbers in its ids; ``None``: nobody's."""
    rule = TENANCY[name]
    assert isinstance(rule, Owned | OwnedThrough)
    told = getattr(row, rule.column)
    return None if told is None else f"a{str(told)[-1]}"


def expected(name: str, viewer: Viewer, everything: int) -> int:
    """How many of the rows that ``fill`` made exist for the viewer."""
    rule = TENANCY[name]
    if rule is Reach.SHARED:
        return everything
    if rule is Reach.ADMIN:
        return everything if viewer.advertisers is None and viewer.role is Role.ADMIN else 0
    if viewer.advertisers is None:
        return everything
    return 0 if rule is Reach.STAFF else len(viewer.advertisers & BOTH)


Shape = Callable[[Table], Any]


def _key(t: Table) -> Any:
    return next(iter(t.primary_key))


# Each counts, in its own way, the rows of a table that it meets.
COUNTING: dict[str, Shape] = {
    "count": lambda t: select(func.count()).select_from(t),
    "count of a column": lambda t: select(func.count(_key(t))),
    "subquery": lambda t: select(func.count()).select_from(select(_key(t)).subquery()),
    "own expression": lambda t: select(func.count()).select_from(select(_key(t)).cte("mine")),
    "added expression": lambda t: (
        (mine := select(_key(t).label("one")).cte("mine")), select(func.count()).select_from(mine).add_cte(mine)
    )[1],
    "alias of an expression": lambda t: select(func.count()).select_from(select(_key(t)).cte("zz").alias("y")),
    "recursive expression": lambda t: select(func.count()).select_from(
        select(_key(t).label("k")).cte("again", recursive=True).union(select(_key(t).label("k")))
    ),
    "alias": lambda t: select(func.count()).select_from(t.alias("other")),
    "self join": lambda t: select(func.count(func.distinct(_key(t)) if False else _key(t))).select_from(
        t.join((o := t.alias("o")), and_(*(t.c[k.name] == o.c[k.name] for k in t.primary_key.columns)))
    ),
    "union": lambda t: select(func.count()).select_from(
        union(select(*t.primary_key.columns), select(*t.primary_key.columns)).subquery()
    ),
    "scalar subquery": lambda t: select(select(func.count()).select_from(t).scalar_subquery()),
    "case over a subquery": lambda t: select(
        case((exists().where(_key(t).is_not(None)), select(func.count()).select_from(t).scalar_subquery()), else_=0)
    ),
    "sum over a case": lambda t: select(func.coalesce(func.sum(case((_key(t).is_not(None), 1), else_=0)), 0)),
    "in a subquery": lambda t: select(func.count()).select_from(t).where(
        or_(_key(t).in_(select(_key(t.alias("i")))), exists().where(_key(t.alias("j")) == _key(t)))
    ),
    "window": lambda t: select(func.coalesce(func.max(
        select(func.count().over().label("n")).select_from(t).subquery().c.n), 0)),
    "lateral": lambda t: select(func.count()).select_from(
        t.join(lateral(select(literal(1).label("one"))), literal(True))
    ),
}  # fmt: skip


def test_every_table_has_a_rule() -> None:
    assert set(TENANCY) == set(Base.metadata.tables)


def test_a_table_of_which_nobody_said_whose_it_is_lets_nobody_in(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "TENANCY", {name: rule for name, rule in TENANCY.items() if name != "jobs"})
    with pytest.raises(InternalFault, match="jobs"):
        seen_by(database, VIEWERS["admin"])


def test_every_shape_of_query_meets_the_viewers_rows_alone(filled: Database) -> None:
    on_sqlite = filled.engine.dialect.name == "sqlite"
    everything = filled.row_counts()
    looked = 0
    for viewer in VIEWERS.values():
        with seen_by(filled, viewer).read() as session:
            for name, (shape, of) in product(TABLES, COUNTING.items()):
                if shape == "lateral" and on_sqlite:
                    continue
                met = session.execute(of(Base.metadata.tables[name])).scalar_one()
                assert met == expected(name, viewer, everything[name]), (viewer.user_id, name, shape)
                looked += 1
    assert looked == len(VIEWERS) * len(TABLES) * (len(COUNTING) - on_sqlite)


def test_rows_loaded_by_any_way_are_the_viewers(filled: Database) -> None:
    for viewer in VIEWERS.values():
        with seen_by(filled, viewer).read() as session:
            for mapper in Base.registry.mappers:
                row_class, name = mapper.class_, mapper.local_table.name
                many = session.scalars(select(row_class)).all()
                columns = session.execute(select(*row_class.__table__.columns)).all()
                aliases = session.scalars(select(aliased(row_class))).all()
                got = [row for number in (1, 2, 3) if (row := _get(session, row_class, name, number)) is not None]
                assert len(many) == len(columns) == len(aliases)
                if isinstance(TENANCY[name], Owned | OwnedThrough) and viewer.advertisers is not None:
                    for row in [*many, *columns, *aliases, *got]:
                        assert advertiser_of(name, row) in viewer.advertisers


def _get(session: Any, row_class: Any, name: str, number: int) -> Any:
    told = values_of(name, number)
    return session.get(row_class, tuple(told[key.name] for key in row_class.__table__.primary_key.columns))


def test_a_join_across_tables_meets_no_row_of_others(filled: Database) -> None:
    joined = (
        select(CampaignRow.campaign_id, CreativeRow.creative_id, AdRow.ad_id, AdvertiserRow.name)
        .join(CreativeRow, CreativeRow.campaign_id == CampaignRow.campaign_id)
        .join(AdRow, AdRow.ad_id == CreativeRow.ad_id)
        .join(AdvertiserRow, AdvertiserRow.advertiser_id == CreativeRow.advertiser_id)
    )
    crossed = select(CampaignRow.campaign_id, CreativeRow.creative_id).join(CreativeRow, literal(True))
    with seen_by(filled, VIEWERS["tea"]).read() as session:
        assert session.execute(joined).all() == [("k1", "c1", "ad1", "name1")]
        assert session.execute(crossed).all() == [("k1", "c1")]
        outer = select(CampaignRow.campaign_id, CreativeRow.creative_id).outerjoin(
            CreativeRow, CreativeRow.campaign_id != CampaignRow.campaign_id
        )
        assert session.execute(outer).all() == [("k1", None)]
        grouped = select(HourlyMetricRow.advertiser_id, func.sum(HourlyMetricRow.clicks)).group_by(
            HourlyMetricRow.advertiser_id
        )
        assert [tuple(row) for row in session.execute(grouped)] == [("a1", 1)]


def shapes() -> st.SearchStrategy[Any]:
    """Statements over the catalogue put together by chance; each gives one column of advertisers."""
    tables = st.sampled_from([CampaignRow.__table__, CreativeRow.__table__, ExperimentRow.__table__, JobRow.__table__])
    plain = tables.map(lambda t: select(t.c.advertiser_id.label("owner")))

    def deeper(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        pair = st.tuples(inner, inner)
        return st.one_of(
            inner.map(lambda s: select(s.subquery().c.owner.label("owner"))),
            inner.map(lambda s: select(s.cte().c.owner.label("owner"))),
            st.tuples(inner, tables).map(
                lambda both: select(both[1].c.advertiser_id.label("owner")).where(
                    both[1].c.advertiser_id.in_(select(both[0].subquery().c.owner))
                )
            ),
            st.tuples(inner, tables).map(
                lambda both: select(both[1].c.advertiser_id.label("owner")).where(
                    exists(select(both[0].subquery().c.owner))
                )
            ),
            pair.map(lambda both: select(union(*both).subquery().c.owner.label("owner"))),
            pair.map(
                lambda both: select((one := both[0].subquery()).c.owner.label("owner")).select_from(
                    one.join((two := both[1].subquery()), or_(one.c.owner != two.c.owner, literal(True)))
                )
            ),
            inner.map(lambda s: select(func.max((one := s.subquery()).c.owner).label("owner")).group_by(one.c.owner)),
            inner.map(lambda s: select(s.limit(1).scalar_subquery().label("owner"))),
        )

    return st.recursive(plain, deeper, max_leaves=5)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(statement=shapes(), who=st.sampled_from(["tea", "ink", "both", "a stranger", "a key for nobody"]))
def test_no_statement_put_together_by_chance_meets_a_row_of_others(
    filled_once: Database, statement: Any, who: str
) -> None:
    viewer = VIEWERS[who]
    with seen_by(filled_once, viewer).read() as session:
        owners = set(session.execute(statement).scalars())
    assert owners <= set(viewer.advertisers or ()) | {None}


@pytest.fixture
def filled_once(filled: Database) -> Iterator[Database]:
    yield filled


def test_the_same_by_chance_statements_do_meet_rows_of_others_without_a_viewer(filled: Database) -> None:
    both = select(CampaignRow.advertiser_id).where(exists(select(CreativeRow.creative_id)))
    with filled.read() as session:
        assert set(session.execute(both).scalars()) == {"a1", "a2"}


OTHER = MetaData()
REFUSED: dict[str, Any] = {
    "text": text("SELECT * FROM main.campaigns"),
    "text that reads nothing": text("SELECT 1"),
    "text as a condition": select(CampaignRow.campaign_id).where(text("1 = 1")),
    "a column of text": select(literal_column("(SELECT count(*) FROM campaigns)")),
    "text with columns": text("SELECT campaign_id FROM campaigns").columns(CampaignRow.campaign_id),
    "a prefix": select(CampaignRow.campaign_id).prefix_with("DISTINCT"),
    "a suffix": select(CampaignRow.campaign_id).suffix_with("UNION SELECT campaign_id FROM main.campaigns"),
    "a hint": select(CampaignRow.campaign_id).with_statement_hint("UNION SELECT campaign_id FROM main.campaigns"),
    "a table by its words": select(func.count()).select_from(table("campaigns", schema="main")),
    "a table by its words, without a schema": select(func.count()).select_from(table("campaigns")),
    "a table of others": select(func.count()).select_from(Table("pg_class", OTHER)),
    "a function that runs text": select(func.query_to_xml("SELECT * FROM public.campaigns", True, True, "")),
    "a function of a schema": select(func.pg_catalog.current_setting("x")),
    "a function that reads files": select(func.readfile("/etc/passwd")),
    "a read that writes": select(
        insert(StreamCoverageRow).values(reader="x", milliseconds=0, sequence=0).returning(StreamCoverageRow.reader)
        .cte("w").c.reader
    ),
    "an insert": insert(AdvertiserRow).values(advertiser_id="a7", name="", currency="", domain=""),
    "an update": update(CampaignRow).values(name="mine"),
    "a delete": delete(CampaignRow),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_what_could_go_past_the_shadows_is_refused(filled: Database, what: str) -> None:
    for who in ("tea", "operator", "admin"):
        with pytest.raises(InternalFault, match="refused"), seen_by(filled, VIEWERS[who]).read() as session:
            session.execute(REFUSED[what])


def test_text_for_the_driver_is_refused_as_well(filled: Database) -> None:
    mine = seen_by(filled, VIEWERS["tea"])
    with pytest.raises(InternalFault, match="raw text"), mine.read() as session:
        session.connection().exec_driver_sql("SELECT * FROM campaigns")
    with pytest.raises(InternalFault, match="raw text"), mine.write() as connection:
        connection.exec_driver_sql("DELETE FROM campaigns")


def test_an_expression_of_the_name_of_a_table_does_not_take_the_place_of_its_shadow(filled: Database) -> None:
    own = select(CampaignRow.campaign_id).cte("campaigns")
    with pytest.raises(AdplatError), seen_by(filled, VIEWERS["tea"]).read() as session:
        session.execute(select(own.c.campaign_id))


def test_an_option_does_not_take_the_guard_off(filled: Database) -> None:
    wanted = select(func.count()).select_from(CampaignRow)
    for options in ({"adplat_guard": True}, {"adplat_appends": True}, {"adplat_tenant": None}, {OWN_ROWS: True}):
        with seen_by(filled, VIEWERS["tea"]).read() as session:
            assert session.execute(wanted, execution_options=options).scalar_one() == 1
            assert session.connection().execution_options(**options).execute(wanted).scalar_one() == 1


def test_stores_know_nothing_of_viewers_and_give_each_its_own(filled: Database) -> None:
    assert [ad.ad_id for ad in SqlCatalogue(seen_by(filled, VIEWERS["ink"])).ads()] == ["ad2"]
    entries = SqlAuditTrail(seen_by(filled, VIEWERS["tea"])).entries
    with filled.write() as connection:
        audit(connection, AuditEntry(NOON, "li", "pause", "k1", {}, advertiser_id="a1"))
        audit(connection, AuditEntry(NOON, "li", "pause", "k2", {}, advertiser_id="a2"))
        audit(connection, AuditEntry(NOON, "li", "promote", "b1", {}))
    with seen_by(filled, VIEWERS["tea"]).read() as session:
        assert set(session.scalars(select(AuditRow.subject))) == {"subject1", "k1"}
    assert entries


def test_the_plain_database_is_as_it_was_beside_its_viewers(filled: Database) -> None:
    seen_by(filled, VIEWERS["tea"])
    with filled.read() as session:
        assert session.execute(text("SELECT count(*) FROM campaigns")).scalar_one() == 2


# Writes.


def write(database: Database, viewer: str, statement: Any, rows: Any = None) -> None:
    with seen_by(database, VIEWERS[viewer]).write() as connection:
        connection.execute(statement, rows)


def everything_of(database: Database) -> dict[str, list[Any]]:
    with database.read() as session:
        return {
            name: sorted(map(repr, session.execute(select(*Base.metadata.tables[name].columns)))) for name in TABLES
        }


def test_no_write_of_any_table_changes_a_row_of_others(filled: Database) -> None:
    """Every table, every viewer, every kind of write, with a row of the other advertiser: nothing moves."""
    before = everything_of(filled)
    for who in ("tea", "a stranger"):
        for name in TABLES:
            one = Base.metadata.tables[name]
            theirs = values_of(name, 2)
            other = next((c for c in one.columns if not c.primary_key and not c.foreign_keys), None)
            changed = theirs | ({other.name: values_of(name, 5)[other.name]} if other is not None else {})
            writes: list[Callable[[Any], Any]] = [
                lambda c, t=one: c.execute(delete(t).where(_key(t) == values_of(t.name, 2)[_key(t).name])),
                lambda c, t=one, v=theirs: c.execute(insert(t).values(v)),
                lambda c, t=one, v=changed: keep_rows(c, _class_of(t.name), [v]),
                lambda c, t=one, v=changed: c.execute(insert(t), [v]),
            ]
            if other is not None:
                writes += [
                    lambda c, t=one, v=changed: replace_rows(c, _class_of(t.name), [v]),
                    lambda c, t=one, o=other: c.execute(
                        update(t)
                        .where(_key(t) == values_of(t.name, 2)[_key(t).name])
                        .values({o.name: values_of(t.name, 5)[o.name]})
                    ),
                ]
            for act in writes:
                # Refused, or without effect: both are right, and which it is stands in the tests below.
                with suppress(AdplatError), seen_by(filled, VIEWERS[who]).write() as connection:
                    act(connection)
            assert everything_of(filled) == before, (who, name)


def _class_of(name: str) -> Any:
    return next(m.class_ for m in Base.registry.mappers if m.local_table.name == name)


def test_a_viewer_writes_its_own(filled: Database) -> None:
    mine = SqlCatalogue(seen_by(filled, VIEWERS["tea"]))
    mine.save([], [a_campaign("new", "a1")], [an_ad("n1", "new")], [a_creative("nc", ad_id="n1", campaign_id="new")])
    mine.save([], [a_campaign("new", "a1", name="Summer")], [], [])
    write(filled, "tea", update(CampaignRow).where(CampaignRow.campaign_id == "new").values(name="Autumn"))
    with filled.read() as session:
        assert session.get(CampaignRow, "new").name == "Autumn"  # type: ignore[union-attr]
    write(filled, "tea", delete(CreativeRow).where(CreativeRow.creative_id == "nc"))


def test_what_a_viewer_changes_is_written_down_with_it_or_not_at_all(filled: Database) -> None:
    mine = SqlCatalogue(seen_by(filled, VIEWERS["tea"]))
    entry = AuditEntry(NOON, "mei@tea", "campaign save", "new", {}, advertiser_id="a1")
    mine.save([], [a_campaign("new", "a1")], [], [], entries=[entry])
    with pytest.raises(UnknownReference):
        mine.save([], [a_campaign("k2", "a1")], [], [], entries=[entry])
    with pytest.raises(InternalFault, match="another one's name"):
        mine.save([], [a_campaign("other", "a1")], [], [], entries=[replace(entry, actor="li@ink")])
    with filled.read() as session:
        assert session.get(CampaignRow, "other") is None
        assert session.scalars(select(AuditRow.action).where(AuditRow.subject == "new")).all() == ["campaign save"]


def test_a_row_of_ones_own_may_not_name_anything_of_others(filled: Database) -> None:
    mine = SqlCatalogue(seen_by(filled, VIEWERS["tea"]))
    for save in (
        ([], [a_campaign("new", "a2")], [], []),
        ([], [], [an_ad("new", "k2")], []),
        ([], [], [], [a_creative("new", ad_id="ad1", campaign_id="k2")]),
        ([], [], [], [a_creative("new", ad_id="ad2", campaign_id="k1")]),
        ([], [], [], [a_creative("new", ad_id="ad1", campaign_id="k1", advertiser_id="a2")]),
        ([], [a_campaign("k2", "a1")], [], []),
        ([], [], [], [a_creative("c2", ad_id="ad1", campaign_id="k1")]),
        ([an_advertiser("a2")], [], [], []),
    ):
        with pytest.raises(UnknownReference, match="not there, or not yours"):
            mine.save(*save)
    for values in ({"advertiser_id": "a2"}, {"campaign_id": "k2"}, {"ad_id": "ad2"}):
        with pytest.raises(UnknownReference, match="not there, or not yours"):
            write(filled, "tea", update(CreativeRow).values(values))


def test_another_ones_id_and_no_ones_id_are_refused_alike(filled: Database) -> None:
    mine = SqlCatalogue(seen_by(filled, VIEWERS["tea"]))
    told = []
    for campaign in ("k2", "nothing"):
        with pytest.raises(UnknownReference) as caught:
            mine.save([], [], [an_ad("new", campaign)], [])
        told.append(str(caught.value))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "statement",
    [
        update(CampaignRow).values(name=select(CampaignRow.name).limit(1).scalar_subquery()),
        update(CampaignRow).values(advertiser_id=func.lower("A2")),
        insert(AdRow).from_select(["ad_id"], select(AdRow.ad_id)),
        insert(AdRow).values([values_of("ads", 1), values_of("ads", 2)]),
        update(CampaignRow).values(campaign_id="k9"),
        delete(CampaignRow).where(CampaignRow.campaign_id.in_(select(CreativeRow.campaign_id))),
        text("DELETE FROM campaigns"),
    ],
)
def test_a_write_that_cannot_be_looked_at_is_refused(filled: Database, statement: Any) -> None:
    before = everything_of(filled)
    with pytest.raises(InternalFault, match="refused"):
        write(filled, "tea", statement)
    assert everything_of(filled) == before


def test_roles_without_a_right_to_change_write_nothing(filled: Database) -> None:
    for who in ("read-only", "a key for tea"):
        with pytest.raises(NotPermitted):
            write(filled, who, update(CampaignRow).values(name="x"))


def test_staff_writes_what_is_everybodys_and_not_what_is_the_admins(filled: Database) -> None:
    write(filled, "operator", update(BundleRow).values(parent="x"))
    with pytest.raises(NotPermitted, match="users"):
        write(filled, "operator", update(UserRow).values(role="admin"))
    write(filled, "admin", update(UserRow).values(name="x"))


def test_nobody_writes_the_audit_trail_past_its_chain_or_in_anothers_name(database: Database) -> None:
    for who in ("tea", "admin"):
        for statement in (insert(AuditRow).values(values_of("audit", 1)), delete(AuditRow)):
            with pytest.raises(InternalFault):
                write(database, who, statement)
        with pytest.raises(InternalFault, match="another one's name"):
            SqlAuditTrail(seen_by(database, VIEWERS[who])).record(NOON, "somebody", "x", "y", {})
        SqlAuditTrail(seen_by(database, VIEWERS[who])).record(NOON, VIEWERS[who].user_id, "x", "y", {})
    assert database.row_counts()["audit"] == 2


def test_a_locking_read_locks_the_viewers_rows(filled: Database) -> None:
    with (
        seen_by(filled, VIEWERS["tea"]).write() as mine,
        seen_by(filled, VIEWERS["ink"]).write() if filled.engine.dialect.name != "sqlite" else _nothing() as theirs,
    ):
        wanted = select(CampaignRow.__table__.c.campaign_id).with_for_update(nowait=True)
        assert mine.execute(wanted).scalars().all() == ["k1"]
        if theirs is not None:
            assert theirs.execute(wanted).scalars().all() == ["k2"]
    if filled.engine.dialect.name != "sqlite":
        with seen_by(filled, VIEWERS["tea"]).write() as mine:
            mine.execute(wanted)
            with pytest.raises(AdplatError), seen_by(filled, VIEWERS["both"]).write() as both:
                both.execute(wanted)


class _nothing:
    def __enter__(self) -> None:
        return None

    def __exit__(self, *_error: object) -> None:
        return None


def test_no_idempotency_key_of_others_gives_their_job(filled: Database) -> None:
    assert SqlJobs(seen_by(filled, VIEWERS["tea"])).latest("kind2", "subject2") is None
