import { Form, useNavigation } from '@remix-run/react'
import { useState } from 'react'
import { paths, type PeriodsSearch } from '#app/paths.ts'
import type { PeriodChange } from '#app/.server/reads.ts'
import type { PeriodsSearch as Search } from '#app/.server/periods-search.ts'
import type { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { Tabs } from '#app/ui/tabs.tsx'
import { Time } from '#app/ui/time.tsx'
import { isReopening, SETTABLE_STATES, whyNotSet, type PeriodState, type SettableState } from '#server/domain/period-state.ts'
import { ChosenTable } from './chosen-table.tsx'
import { PERIOD_STATE_LOOK } from './state-mark.tsx'

type Props = {
  change: PeriodChange
  search: Search
  view: PeriodsSearch
  reason: string | null
  refusal: ReturnType<typeof useRefusal>
  minted: string
}

/** What a change holds back or lets in, before anybody decides. Who may not decide sees the same. */
export function ChangeDialog({ change: { chosen, states, due }, search, view, reason, refusal, minted }: Props) {
  const [key] = useState(minted)
  const isSending = useNavigation().formMethod === 'POST'
  const to = search.to ?? next(states)
  const closeHref = paths.periods(view)
  const changing = chosen.filter(({ state }) => state !== to)
  const reopens = changing.some(({ state }) => isReopening(state, to))
  const [only] = chosen
  const what = chosen.length === 1 ? `${only!.entity} ${only!.period}` : counted(chosen.length, 'period')
  const look = PERIOD_STATE_LOOK[to]
  const barred = chosen.find(({ state }) => whyNotSet(state, to))
  const isUnready = to === 'closed' && changing.some(({ notReady }) => notReady.length > 0)
  const mustSayWhy = reopens || isUnready
  const against =
    reason ??
    (barred
      ? barred.state === 'closed'
        ? `${barred.entity} ${barred.period} is closed: two people reopen it, on its close page.`
        : `${barred.entity} ${barred.period} is reopened: it is closed again, and nothing else.`
      : null) ??
    (changing.length === 0 ? `${what} ${chosen.length === 1 ? 'is' : 'are'} ${look.label.toLowerCase()} already.` : null)
  const cell = search.cells.join(',')
  return (
    <Form method="post" action={closeHref} preventScrollReset>
      <Dialog
        size="wide"
        title={chosen.length === 1 ? `${what}: ${PERIOD_STATE_LOOK[only!.state].label.toLowerCase()}` : `Change ${what}`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Leave as it is
            </ButtonLink>
            <Button
              type="submit"
              kind={to === 'closed' ? 'danger' : 'primary'}
              pending={isSending}
              disabledReason={against}
              reasonAlign="end"
            >
              {VERB[to]}{' '}
              {changing.length === 1 ? `${changing[0]!.entity} ${changing[0]!.period}` : counted(changing.length, 'period')}
            </Button>
          </>
        }
      >
        {refusal && (
          <Notice kind="broken" title={refusal.message ?? 'This failed, and it is our fault. Nothing was changed'}>
            {refusal.advice}
            {refusal.errorId && <span className="mono"> {refusal.errorId}</span>}
          </Notice>
        )}
        <Tabs
          label="State it gets"
          tabs={SETTABLE_STATES.map((state) => ({
            href: paths.periods({ ...view, do: 'change', cell, to: state }),
            label: PERIOD_STATE_LOOK[state].label,
            current: state === to,
          }))}
        />
        <p>
          <strong className="font-strong">{look.label}:</strong> {look.what} {effectOf(to, chosen)}
        </p>
        <ChosenTable chosen={chosen} to={to} />
        {due.length > 0 && (
          <div className="grid gap-1">
            <p className="font-strong">Expected next from jobs that bring these entities</p>
            <ul className="grid gap-0.5">
              {due.map(({ job, title, expectedBy, entities }) => (
                <li key={job}>
                  <Time at={expectedBy} showZone />{' '}
                  <Link href={paths.job(job)} className="link">
                    {title}
                  </Link>{' '}
                  <span className="text-ink-3">({entities.join(', ')})</span>
                </li>
              ))}
            </ul>
          </div>
        )}
        {reason && <Notice kind="info" title={reason} />}
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        <input type="hidden" name="to" value={to} autoComplete="off" />
        <input
          type="hidden"
          name="periods"
          value={chosen.map(({ entity, period, state }) => `${entity} ${period}=${state}`).join(',')}
          autoComplete="off"
        />
        {!reason && (
          <Textarea
            label="Reason"
            name="reason"
            required={mustSayWhy}
            minLength={5}
            maxLength={1000}
            error={refusal?.fields?.reason}
            hint={
              mustSayWhy
                ? isUnready
                  ? 'Not everything is ready. What is not, and why it is closed all the same, are kept with the period.'
                  : 'This lets in what jobs held back, so it is never done without a reason. Kept in the audit log.'
                : 'Kept in the audit log beside your name.'
            }
          />
        )}
      </Dialog>
    </Form>
  )
}

const VERB: Record<SettableState, string> = { open: 'Open', soft_closed: 'Soft-close', closed: 'Close' }

/** The first thing a person means. */
const next = (states: readonly PeriodState[]): SettableState => (states.every((state) => state === 'closed') ? 'open' : 'closed')

function effectOf(to: SettableState, chosen: PeriodChange['chosen']): string {
  const waiting = chosen.flatMap((one) => one.waiting).reduce((n, { records }) => n + records, 0)
  const published = chosen.flatMap((one) => one.published).reduce((n, { records }) => n + records, 0)
  const open = chosen.reduce((n, { business, control }) => n + business + control, 0)
  if (to === 'closed') {
    const stands = `What is published stays as it is: ${counted(published, 'line')}.`
    return open > 0
      ? `${stands} ${counted(open, 'open exception')} can then be mended only after reopening.`
      : `${stands} No exception is open in ${chosen.length === 1 ? 'it' : 'them'}.`
  }
  if (waiting === 0) return 'Nothing was held back, so no figure changes by itself.'
  return `${counted(waiting, 'record')} held back can then be let in by a replay of the run that brought them; no figure changes by itself.`
}
