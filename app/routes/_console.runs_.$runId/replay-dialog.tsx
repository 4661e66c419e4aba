import { Form } from '@remix-run/react'
import { FailureClassBadge } from '#app/components/failure-class-badge.tsx'
import { paths } from '#app/paths.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Time } from '#app/ui/time.tsx'
import { hasEnded } from '#server/domain/run.ts'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { LiveProgress } from './live-progress.tsx'
import { TouchedSlices } from './touched-slices.tsx'
import { WhatItCovers } from './what-it-covers.tsx'
import type { Screen } from './screen.ts'

const RULES = {
  current: {
    label: 'The rules as they stand',
    text: 'Mapping, rules and reference data of today. For when their cause was mended.',
  },
  original: {
    label: 'The rules of then',
    text: 'Exactly what the run applied. For when the input was judged right and something else went wrong.',
  },
} as const

/** First a preview, then the decision: nobody replays blind. */
export function ReplayDialog({ screen, refusal }: DialogPart<Screen>) {
  const { replayPreview } = screen
  if (!replayPreview) return <ChooseRules screen={screen} refusal={refusal} />
  // Each preview is a dialog of its own, with a key of its own.
  return hasEnded(replayPreview.run.status) ? (
    <Decide key={replayPreview.run.runId} screen={screen} refusal={refusal} />
  ) : (
    <Waiting screen={screen} />
  )
}

function ChooseRules({ screen, refusal }: DialogPart<Screen>) {
  const { run, scope, reasons } = screen
  const closeHref = paths.run(run.runId, scope)
  const isSending = useIsSending()
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={`Preview a replay of run ${run.runId}`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reasons.replay} reasonAlign="end">
              Preview the replay
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          The stored input is judged again and compared with what stands. The preview changes nothing; you decide when you have
          seen its outcome.
        </p>
        <Intent screen={screen} intent="preview" />
        <fieldset className="grid gap-3">
          <legend className="field-label mb-1">Judge it by</legend>
          {(['current', 'original'] as const).map((value) => (
            <label key={value} className="grid grid-cols-[auto_1fr] gap-x-2">
              <input type="radio" name="rules" value={value} defaultChecked={value === 'current'} className="mt-1" />
              <span className="font-strong">{RULES[value].label}</span>
              <span className="col-start-2 text-ink-2">{RULES[value].text}</span>
            </label>
          ))}
        </fieldset>
      </Dialog>
    </Form>
  )
}

function Waiting({ screen }: { screen: Screen }) {
  const { run, scope, replayPreview, computedAt } = screen
  const preview = replayPreview!.run
  const closeHref = paths.run(run.runId, scope)
  return (
    <Dialog
      title={`Previewing a replay of run ${run.runId}`}
      closeHref={closeHref}
      actions={
        <ButtonLink href={closeHref} keepScroll>
          Close, it goes on
        </ButtonLink>
      }
    >
      <p role="status" data-goes-on>
        {preview.status === 'running' ? 'The preview is going on.' : 'The preview waits for a worker.'} You may leave this page;
        run {preview.runId} keeps its outcome.
      </p>
      <LiveProgress screen={{ ...screen, run: preview, stages: [], computedAt }} />
      <noscript>
        <p>
          <ButtonLink href={paths.run(run.runId, { ...scope, do: 'replay', preview: `${preview.runId}` })}>Look again</ButtonLink>
        </p>
      </noscript>
    </Dialog>
  )
}

function Decide({ screen, refusal }: DialogPart<Screen>) {
  const { run, scope, reasons } = screen
  const { run: preview, exceptions, brokenClaims, totals, rules, newer } = screen.replayPreview!
  const closeHref = paths.run(run.runId, scope)
  const isSending = useIsSending()
  const outcome = preview.summary?.outcome ?? 'failed'
  const records = totals.reduce((n, total) => (total.checkpoint === 'extracted' ? n + total.count : n), 0)
  const hasFailed = outcome === 'failed' || preview.status !== 'rehearsed'
  const foreseen = exceptions.length + brokenClaims.length
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title={`Replay run ${run.runId}?`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={paths.run(run.runId, { ...scope, do: 'replay' })} keepScroll>
              Preview by other rules
            </ButtonLink>
            <Button
              type="submit"
              kind="primary"
              pending={isSending}
              disabledReason={
                reasons.confirmReplay ?? (hasFailed ? 'The preview did not get through, so neither would the replay.' : null)
              }
              reasonAlign="end"
            >
              {`Replay ${counted(records, 'record')}`}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          <span className="font-strong">{preview.summary?.sentence ?? 'The preview was cancelled.'}</span>{' '}
          <span className="text-ink-2">
            Judged by {rules === 'original' ? 'the rules of then' : 'the rules as they stand'}
            {preview.finishedAt && (
              <>
                , at <Time at={preview.finishedAt} seconds showZone />
              </>
            )}
            .
          </span>
        </p>
        {outcome === 'held' && (
          <Notice kind="attention" title="The replay would be held, and publish nothing">
            Mend what is listed below first. Replaying all the same keeps a record that it was tried.
          </Notice>
        )}
        {newer !== null && !hasFailed && (
          <Notice kind="attention" title={`Run ${newer} is newer: where it brought the same records, older values come back`}>
            To undo what a newer run brought, roll that one back instead.
          </Notice>
        )}
        <WhatItCovers verb="It judges" rows={totals.filter(({ checkpoint }) => checkpoint === 'extracted')} />
        <TouchedSlices totals={totals} />
        {foreseen === 0 ? (
          <p className="text-ink-2">It would open no exception.</p>
        ) : (
          <section className="grid gap-2" aria-label="Exceptions it would open">
            <p className="font-strong">It would open {counted(foreseen, 'exception')}, or add to those that are open</p>
            <ul className="grid max-h-[200px] gap-1 overflow-auto">
              {exceptions.map((exception) => (
                <li key={exception.detail} className="flex gap-2">
                  <FailureClassBadge failureClass={exception.class} />
                  <span>
                    {exception.detail} <span className="text-ink-3">{counted(exception.occurrences, 'record')}</span>
                  </span>
                </li>
              ))}
              {brokenClaims.map((claim) => (
                <li key={claim.claimId} className="flex gap-2">
                  <FailureClassBadge failureClass="control" />
                  <span>
                    {claim.statedAs} {claim.subject} states {claim.claimed} {claim.currency}, the records have {claim.found}
                  </span>
                </li>
              ))}
            </ul>
          </section>
        )}
        {reasons.confirmReplay && <Notice kind="info" title={reasons.confirmReplay} />}
        <Intent screen={screen} intent="replay" />
        <input type="hidden" name="rules" value={rules} />
        <input type="hidden" name="previewRunId" value={preview.runId} />
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
