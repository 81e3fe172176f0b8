"""How the evaluation tab looks: its form, a run's progress, the reports, and what readers said."""

from collections.abc import Sequence

from assistant.catalogue import Feedback
from assistant.page import texts
from assistant.page.evaluation_reports import MOST, REPORT, About, Figure, KeptReport, Measured
from assistant.page.evaluation_run import LONGEST_LIMIT, ListedSet, Listing, Phase, State
from assistant.page.markup import NOTHING, Markup, element, joined

_NOTHING_MAY = ""  # a sandbox without exceptions: no scripts, no forms, no other pages, an origin of its own
_OWN_ANCHORS = '<base href="about:srcdoc">'  # without it, a link to a section would load this page into the frame


# ── the form ────────────────────────────────────────────────────────────────────────────────────────────────────────


def form_markup(listing: Listing, *, named: bool, may_change: bool) -> Markup:
    """Return the form in which sets are chosen, or why there is none; `named` is whether a folder of them was."""
    if not may_change:
        return element("p", texts.NOT_RUNNABLE, class_="aside")
    if not listing.sets:
        return element("p", texts.EMPTY_SETS if named else texts.NO_SETS, class_="aside")
    sets = [_set_markup(number, one) for number, one in enumerate(listing.sets)]
    limit = element(
        "p",
        element("label", texts.AT_MOST, for_="evaluation-limit"),
        element("input", type="number", id="evaluation-limit", min=1, max=LONGEST_LIMIT, step=1, inputmode="numeric"),
        class_="limit",
    )
    run = element("button", texts.RUN, type="submit", class_="act")
    fields = element("fieldset", element("legend", texts.QUESTION_SETS), *sets)
    return element("form", fields, limit, run, data_stamp=listing.stamp, novalidate=True)


def _set_markup(number: int, one: ListedSet) -> Markup:
    field = f"evaluation-set-{number}"
    told = element(
        "span",
        one.error
        or texts.SET_HOLDS.format(
            cases=texts.counted(one.cases, "question", "questions"), corpus=", ".join(one.corpus) or texts.NO_CORPUS
        ),
        class_="error" if one.error else "aside",
        id=f"{field}-told",
    )
    box = element(
        "input", type="checkbox", id=field, value=number, disabled=bool(one.error), aria_describedby=f"{field}-told"
    )
    return element("div", box, element("label", one.name, for_=field, dir="auto"), told, class_="set")


# ── a run ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def state_markup(state: State, notice: Markup, *, may_change: bool) -> Markup:
    """Return what a run is doing, or became, below a notice of what was just done; a live region shows it."""
    words = {
        Phase.RUNNING: texts.RUNNING,
        Phase.FINISHED: texts.RUN_FINISHED,
        Phase.FAILED: texts.RUN_FAILED.format(state.error),
        Phase.STOPPED: texts.RUN_STOPPED,
    }.get(state.phase)
    running = state.phase is Phase.RUNNING
    told: Markup | None = None
    if words is not None and (running or not notice):
        told = element("p", words, class_="error" if state.phase is Phase.FAILED else "aside")
    stop = element("button", texts.STOP, type="button", class_="stop act") if running and may_change else None
    return element("div", notice, told, stop, data_run=state.run, data_phase=state.phase.value)


def bar_markup(state: State, now: float, counter: int) -> Markup:
    """Return how far a run has come, nothing where none goes on; a counter makes it new to the browser."""
    if state.phase is not Phase.RUNNING:
        return NOTHING
    told = state.told
    if not told.set:
        return element(
            "div", element("progress", aria_label=texts.PROGRESS), element("p", texts.STARTING), data_counter=counter
        )
    stage = texts.STAGES.get(told.stage, texts.ASKING_OF)
    parts = [texts.ASKED_SO_FAR.format(asked=told.asked, trials=told.trials)]
    left = state.seconds_left(now)
    if left is not None:
        parts.append(texts.LEFT.format(texts.duration(left)))
    parts.append(texts.STAGE.format(stage=stage, set=told.set, done=told.done, total=told.total))
    bar = element("progress", value=told.asked, max=max(1, told.trials), aria_label=texts.PROGRESS)
    return element("div", bar, element("p", " · ".join(parts), class_="aside"), data_counter=counter)


# ── reports ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def reports_markup(reports: Sequence[KeptReport], *, may_change: bool) -> Markup:
    """Return the list of kept reports, newest first."""
    title = element("h3", texts.REPORTS, tabindex=-1)
    if not reports:
        return joined(title, element("p", texts.NO_REPORTS, class_="aside"))
    kept = element("p", texts.REPORTS_KEPT.format(MOST), class_="aside")
    return joined(title, kept, element("ul", *(_report_row(one, may_change=may_change) for one in reports)))


def _report_row(report: KeptReport, *, may_change: bool) -> Markup:
    named = element("span", f" {texts.REPORT_OF.format(_moment(report.about))}", class_="unseen")
    buttons = [
        element("button", words, named, type="button", data_report=report.id, data_act=act, data_what=what)
        for words, act, what in (
            (texts.OPEN_REPORT, "open", None),
            (texts.SAVE_REPORT, "save", "report"),
            (texts.SAVE_RUN, "save", "run"),
        )
    ]
    removing = element("button", texts.REMOVE_FOR_GOOD, named, type="button", data_report=report.id, data_act="remove")
    asked_again = element("details", element("summary", texts.REMOVE_REPORT, named), removing)
    return element(
        "li",
        element("strong", _moment(report.about)),
        element("span", f" {_told(report.about)}", class_="aside", dir="auto"),
        element("div", *buttons, asked_again if may_change else None, class_="acts"),
    )


def _told(about: About) -> str:
    right = about.right
    questions = texts.counted(about.questions, "question", "questions")
    told = questions if right is None else texts.REPORT_TOLD.format(questions=questions, right=f"{right:.0%}")
    limited = [] if about.limit is None else [texts.LIMITED.format(about.limit)]
    return " · ".join([told, *limited, ", ".join(one.name for one in about.sets)])


def report_markup(report: KeptReport) -> Markup:
    """Return a report: its headline figures as a table, and the whole of it in a frame that may do nothing.

    Raises LibraryError where its file has gone.
    """
    about = report.about
    title = element("h3", texts.REPORT_OF.format(_moment(about)), tabindex=-1)
    compared = (
        texts.COMPARED.format(f"{about.baseline.astimezone():%Y-%m-%d %H:%M}") if about.baseline else texts.NOT_COMPARED
    )
    whole = report.text(REPORT).replace("<head>", f"<head>{_OWN_ANCHORS}", 1)
    frame = element("iframe", title=texts.ALL_OF_IT, srcdoc=whole, sandbox=_NOTHING_MAY, referrerpolicy="no-referrer")
    return element(
        "article",
        title,
        _figures_markup(about.sets),
        element("p", compared, class_="aside"),
        frame,
        data_report=report.id,
    )


def _figures_markup(sets: Sequence[Measured]) -> Markup:
    names = [name for name in texts.FIGURES if any(name in one.figures for one in sets)]
    heads = [texts.SET, texts.QUESTIONS, *(texts.FIGURES[name] for name in names)]
    rows = [
        element(
            "tr",
            element("th", one.name, scope="row", dir="auto"),
            element("td", f"{one.questions:,}"),
            *(_figure_markup(name, one.figures.get(name)) for name in names),
        )
        for one in sets
    ]
    return _table(texts.FIGURES_OF, heads, rows)


def _figure_markup(name: str, figure: Figure | None) -> Markup:
    if figure is None:
        return element("td", texts.NO_FIGURE)
    interval = texts.INTERVAL.format(_shown(name, figure.low), _shown(name, figure.high))
    return element("td", _shown(name, figure.value), element("small", interval))


def _shown(name: str, value: float) -> str:
    return f"{value:,.0f} ms" if name == "p50" else f"{value:.0%}"


def _moment(about: About) -> str:
    return f"{about.made.astimezone():%Y-%m-%d %H:%M}"


def _table(caption: str, heads: Sequence[str], rows: Sequence[Markup]) -> Markup:
    """Return a table that scrolls by itself where the screen is too narrow for it, by keyboard, too."""
    head = element("thead", element("tr", *(element("th", one, scope="col") for one in heads)))
    table = element("table", element("caption", caption), head, element("tbody", *rows))
    return element("div", table, class_="scroll", tabindex=0, role="region", aria_label=caption)


# ── what readers said ───────────────────────────────────────────────────────────────────────────────────────────────


def judged_markup(judged: Sequence[Feedback] | None) -> Markup:
    """Return the table of judged answers, newest first; None for whoever may not see what others asked."""
    title = element("h3", texts.READERS_SAID)
    if judged is None:
        return joined(title, element("p", texts.READERS_SAID_HIDDEN, class_="aside"))
    if not judged:
        return joined(title, element("p", texts.NOTHING_SAID, class_="aside"))
    newest = list(reversed(judged))[: texts.JUDGED_SHOWN]
    left = texts.JUDGED_LEFT_OUT.format(shown=len(newest), count=len(judged)) if len(newest) < len(judged) else None
    return joined(
        title,
        _table(texts.READERS_SAID, texts.JUDGED, [_judged_row(one) for one in newest]),
        left and element("p", left, class_="aside"),
        element("p", texts.EXPORT_IS, class_="aside", id="evaluation-export-is"),
        element(
            "button", texts.EXPORT_CASES, type="button", class_="export act", aria_describedby="evaluation-export-is"
        ),
    )


def _judged_row(one: Feedback) -> Markup:
    earlier = len(one.asked) - 1
    after = texts.AFTER_QUESTIONS.format(texts.counted(earlier, "question", "questions")) if earlier else None
    return element(
        "tr",
        element("td", f"{one.given.astimezone():%Y-%m-%d}"),
        element("td", one.asked[-1], after and element("small", after), class_="words", dir="auto"),
        element("td", texts.VERDICTS[one.verdict]),
        element("td", one.correction or "", class_="words", dir="auto"),
    )
