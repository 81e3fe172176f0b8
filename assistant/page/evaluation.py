"""The evaluation tab: question sets to run, how far a run has come, the reports kept, and what readers said.

The browser sends the numbers of sets that were listed and the ids of reports that are listed; both are looked up here,
and neither becomes a path. Reports are shown in a frame that may run nothing and reach nothing. What is saved goes
through the page itself, so that no file of this machine gets an address.
"""

import time
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import gradio as gr

from assistant.assembly import EVALUATIONS, Assistant
from assistant.errors import AssistantError, SettingsError
from assistant.judged_cases import judged_cases
from assistant.page import texts
from assistant.page.access import Access
from assistant.page.components import UNQUEUED, html
from assistant.page.evaluation_reports import REPORT, RUN, Reports
from assistant.page.evaluation_run import LONGEST_LIMIT, EvaluationRun, Listing, Phase
from assistant.page.evaluation_shown import (
    bar_markup,
    form_markup,
    judged_markup,
    report_markup,
    reports_markup,
    state_markup,
)
from assistant.page.markup import NOTHING, Markup, element, error_markup, joined, packaged
from assistant.page.sent import Sent

_SAVED = {"report": (REPORT, "html"), "run": (RUN, "json")}
"""What can be saved of a report: the file, and what its name ends with."""


class EvaluationTab:
    """The tab's components, and one method for each thing that a visitor does with them."""

    def __init__(self, assistant: Assistant, access: Access, sets: Path | None) -> None:
        """Lay the tab out in the Blocks that are being built; `sets` is the folder of question sets, if any."""
        self._assistant = assistant
        self._access = access
        self._has_sets = sets is not None
        self._reports = Reports(assistant.settings.library / EVALUATIONS)
        self._run = EvaluationRun(sets, self._reports, assistant.settings)
        self._numbers = count(1)
        self._lay_out()

    def _lay_out(self) -> None:
        script = packaged("evaluation.js")
        with gr.Column(elem_id="evaluation"):
            intro = element("h2", texts.EVALUATION, class_="unseen"), element("p", texts.EVALUATION_IS, class_="aside")
            html(joined(*intro), elem_id="evaluation-intro")
            self._form = html(
                element("p", texts.READING_SETS, class_="aside"), elem_id="evaluation-form", js_on_load=script
            )
            self._state = html(elem_id="evaluation-state", js_on_load=script)
            self._bar = html(elem_id="evaluation-bar", js_on_load=script)
            self._list = html(elem_id="evaluation-reports", js_on_load=script)
            self._report = html(elem_id="evaluation-report", js_on_load=script)
            self._judged = html(elem_id="evaluation-judged", js_on_load=script)
            self._file = html(elem_id="evaluation-file", js_on_load=script)

    def connect(self, blocks: gr.Blocks) -> None:  # noqa: ARG002 - the same for every tab
        """Let the components do what they are for."""
        told = [self._state, self._bar]
        self._form.open_evaluation(self.open, None, [self._form, *told, self._list, self._judged], **UNQUEUED)
        self._form.run_evaluation(self.run, None, [self._form, *told], **UNQUEUED)
        self._state.stop_evaluation(self.stop, None, told, **UNQUEUED)
        self._state.watch_evaluation(self.watch, None, [*told, self._list, self._report], **UNQUEUED)
        self._list.open_report(self.open_report, None, [self._report, self._state], **UNQUEUED)
        self._list.remove_report(self.remove_report, None, [self._list, self._report, self._state], **UNQUEUED)
        self._list.save_report(self.save_report, None, [self._file, self._state], **UNQUEUED)
        self._judged.save_cases(self.save_cases, None, [self._file, self._state], **UNQUEUED)

    # ── running ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show the tab as things are now. The form is left as it is where the browser has it already."""
        may_change = self._may_change(request)
        notice = NOTHING
        form: Any = gr.skip()
        try:
            listing = self._run.listing() if may_change else Listing()
            if not listing.stamp or listing.stamp != Sent(event).text("stamp"):
                form = form_markup(listing, named=self._has_sets, may_change=may_change)
        except AssistantError as error:
            form = NOTHING
            notice = _error(error)
        return (
            form,
            state_markup(self._run.state, notice, may_change=may_change),
            self._bar_markup(),
            self._list_markup(may_change=may_change),
            self._judged_markup() if may_change else judged_markup(None),
        )

    def run(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Start a run of the sets whose numbers were sent, if they are still the ones that were shown."""
        if not self._may_change(request):
            return gr.skip(), gr.skip(), gr.skip()
        sent = Sent(event)
        try:
            listing = self._run.listing()
            if sent.text("stamp") != listing.stamp:
                form = form_markup(listing, named=self._has_sets, may_change=True)
                return form, *self._told(element("p", texts.SETS_CHANGED, class_="error"))
            numbers = set(sent.texts("sets"))
            chosen = [one for number, one in enumerate(listing.sets) if str(number) in numbers and not one.error]
            if not chosen:
                raise SettingsError(texts.NONE_CHOSEN)
            self._run.start(chosen, _limit(sent.text("limit")))
        except AssistantError as error:
            return gr.skip(), *self._told(_error(error))
        return gr.skip(), *self._told()

    def stop(self, request: gr.Request) -> tuple[Any, ...]:
        """End the run, and all that it started."""
        if self._may_change(request):
            self._run.stop()
            return self._told()
        return gr.skip(), gr.skip()

    def watch(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Tell a browser that is watching a run what it does not know yet, and show whoever started it the report."""
        sent = Sent(event)
        state = self._run.state
        if (sent.number("run"), sent.text("phase")) == (state.run, state.phase.value):
            return gr.skip(), self._bar_markup(), gr.skip(), gr.skip()
        may_change = self._may_change(request)
        shown: Any = gr.skip()
        if state.phase is Phase.FINISHED and sent.flag("mine"):
            shown = self._shown(state.report)
        told = state_markup(state, NOTHING, may_change=may_change)
        return told, self._bar_markup(), self._list_markup(may_change=may_change), shown

    # ── reports ─────────────────────────────────────────────────────────────────────────────────────────────────

    def open_report(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Show a kept report."""
        try:
            return report_markup(self._reports.find(Sent(event).text("report"))), gr.skip()
        except AssistantError as error:
            return gr.skip(), self._told(_error(error), may_change=self._may_change(request))[0]

    def remove_report(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Remove a kept report, and close it if it is open."""
        if not self._may_change(request):
            return gr.skip(), gr.skip(), gr.skip()
        sent = Sent(event)
        try:
            self._reports.remove(sent.text("report"))
            notice = element("p", texts.REPORT_REMOVED, class_="aside")
        except AssistantError as error:
            notice = _error(error)
        closed = NOTHING if sent.text("opened") == sent.text("report") else gr.skip()
        return self._list_markup(may_change=True), closed, self._told(notice)[0]

    def save_report(self, event: gr.EventData, request: gr.Request) -> tuple[Any, ...]:
        """Hand a kept report, or its data, to the browser, which saves it."""
        sent = Sent(event)
        try:
            report = self._reports.find(sent.text("report"))
            name, ending = _SAVED.get(sent.text("what"), _SAVED["report"])
            return self._file_markup(report.text(name), f"evaluation-{report.id}.{ending}"), gr.skip()
        except AssistantError as error:
            return gr.skip(), self._told(_error(error), may_change=self._may_change(request))[0]

    def save_cases(self, request: gr.Request) -> tuple[Any, ...]:
        """Hand the answers that readers did not find good to the browser, as a question set."""
        if not self._may_change(request):
            return gr.skip(), gr.skip()
        try:
            today = date.today()  # noqa: DTZ011 - the day at the desk
            cases = judged_cases(self._assistant.catalogue, folder=Path(), today=today)
        except AssistantError as error:
            return gr.skip(), self._told(_error(error))[0]
        return self._file_markup(cases.text, f"judged-{today.isoformat()}.yaml"), gr.skip()

    # ── showing ─────────────────────────────────────────────────────────────────────────────────────────────────

    def _may_change(self, request: gr.Request) -> bool:
        return self._access.visitor(request).may_change

    def _told(self, notice: Markup = NOTHING, *, may_change: bool = True) -> tuple[Any, ...]:
        return state_markup(self._run.state, notice, may_change=may_change), self._bar_markup()

    def _bar_markup(self) -> Markup:
        return bar_markup(self._run.state, time.monotonic(), next(self._numbers))

    def _shown(self, report: str) -> Markup:
        try:
            return report_markup(self._reports.find(report))
        except AssistantError as error:
            return _error(error)

    def _list_markup(self, *, may_change: bool) -> Markup:
        try:
            return reports_markup(self._reports.all(), may_change=may_change)
        except OSError as error:
            return _error(SettingsError(f"the reports can't be listed: {error.strerror}"))

    def _judged_markup(self) -> Markup:
        try:
            return judged_markup(self._assistant.catalogue.feedback())
        except AssistantError as error:
            return _error(error)

    def _file_markup(self, content: str, name: str) -> Markup:
        """Return what the script makes a file of; the number makes it a new one, even if it was saved before."""
        return element("pre", content, hidden=True, data_name=name, data_number=next(self._numbers))


def _limit(written: str) -> int | None:
    """Return the limit that was written, None for none; raises SettingsError."""
    if not written:
        return None
    if written.isascii() and written.isdigit() and len(written) <= len(str(LONGEST_LIMIT)):
        limit = int(written)
        if 1 <= limit <= LONGEST_LIMIT:
            return limit
    raise SettingsError(texts.LIMIT_WRONG.format(most=LONGEST_LIMIT, given=written[:20]))


def _error(error: AssistantError) -> Markup:
    """Return an error's line; what it is put into is a live region already."""
    return error_markup(str(error), role=None)
