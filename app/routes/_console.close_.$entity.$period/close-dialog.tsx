import { Form } from '@remix-run/react'
import { paths } from '#app/paths.ts'
import { withNames } from '#app/routes/_console.close/blocked-by.tsx'
import { PERIOD_STATE_LOOK } from '#app/routes/_console.periods/state-mark.tsx'
import { Intent, ReasonField, Refused, useIsSending, type DialogPart } from '#app/routes/_console/dialog-parts.tsx'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { Textarea } from '#app/ui/field.tsx'
import { Notice } from '#app/ui/notice.tsx'
import { EffectOfReopening } from './effect.tsx'
import type { Screen } from './screen.ts'

/** The dialog that the address names, over the period it is about. */
export function CloseDialog(part: DialogPart<Screen>) {
  const { search } = part.screen
  if (search.do === 'close' || search.do === 'soft_close') return <Closing {...part} act={search.do} />
  if (search.do === 'reopen' || search.do === 'decide') return <Reopening {...part} act={search.do} />
  return null
}

/** What is not ready comes first; over it a period is closed with a reason. */
function Closing({ screen, refusal, act }: DialogPart<Screen> & { act: 'close' | 'soft_close' }) {
  const { row, reasons, scope } = screen
  const { entity, period, notReady, state } = row
  const isSending = useIsSending()
  const closeHref = paths.closePeriod(entity, period, scope)
  const isHard = act === 'close'
  const against = reasons[act]
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        title={`${isHard ? 'Close' : 'Soft-close'} ${entity} ${period}?`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Leave it {PERIOD_STATE_LOOK[state].label.toLowerCase()}
            </ButtonLink>
            <Button
              type="submit"
              kind={isHard && notReady.length > 0 ? 'danger' : 'primary'}
              pending={isSending}
              disabledReason={against}
              reasonAlign="end"
            >
              {isHard ? (notReady.length > 0 ? 'Close it all the same' : 'Close it') : 'Soft-close it'}
            </Button>
          </>
        }
      >
        <Refused refusal={refusal} />
        {notReady.length === 0 ? (
          <p>Everything is ready.</p>
        ) : (
          <Notice kind="attention" title="Not everything is ready">
            <ul className="ms-4 list-disc" data-not-ready>
              {notReady.map((block) => (
                <li key={block.what}>{withNames(block)}</li>
              ))}
            </ul>
          </Notice>
        )}
        <p>{PERIOD_STATE_LOOK[isHard ? 'closed' : 'soft_closed'].what} Closing certifies nothing.</p>
        {against && <Notice kind="info" title={against} />}
        <Intent screen={screen} intent={act} />
        <input type="hidden" name="was" value={state} />
        {isHard && notReady.length > 0 ? (
          <ReasonField refusal={refusal} hint="Kept with the period, beside your name and what was not ready." />
        ) : (
          <Textarea label="Reason" name="reason" maxLength={1000} error={refusal?.fields?.reason} hint="Kept beside your name." />
        )}
      </Dialog>
    </Form>
  )
}

function Reopening({ screen, refusal, act }: DialogPart<Screen> & { act: 'reopen' | 'decide' }) {
  const { row, effect, reasons, scope, key } = screen
  const { entity, period, reopening } = row
  const isSending = useIsSending()
  const closeHref = paths.closePeriod(entity, period, scope)
  const against = reasons[act]
  const button = (intent: string, label: string, kind: 'secondary' | 'primary') => (
    <Button type="submit" name="intent" value={intent} kind={kind} pending={isSending} disabledReason={against} reasonAlign="end">
      {label}
    </Button>
  )
  return (
    <Form method="post" preventScrollReset>
      <Dialog
        size="wide"
        title={act === 'reopen' ? `Ask to reopen ${entity} ${period}?` : `Reopen ${entity} ${period}?`}
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Leave it closed
            </ButtonLink>
            {act === 'reopen' ? (
              button('reopen', 'Ask for it', 'primary')
            ) : (
              <>
                {button('decline', 'Decline', 'secondary')}
                {button('approve', 'Approve and reopen', 'primary')}
              </>
            )}
          </>
        }
      >
        <Refused refusal={refusal} />
        <p>
          {act === 'reopen'
            ? 'Another controller decides. Until then it stays closed.'
            : reopening
              ? `${reopening.requestedBy} asks for it: “${reopening.reason}”.`
              : 'Nobody asks to reopen it.'}{' '}
          Reopened, it lets new and changed lines in until it is closed again. No figure changes by itself.
        </p>
        {effect && <EffectOfReopening effect={effect} entity={entity} period={period} />}
        {against && <Notice kind="info" title={against} />}
        <input type="hidden" name="idempotencyKey" value={key} autoComplete="off" />
        {reopening && <input type="hidden" name="requestId" value={reopening.requestId} />}
        <ReasonField refusal={refusal} />
      </Dialog>
    </Form>
  )
}
