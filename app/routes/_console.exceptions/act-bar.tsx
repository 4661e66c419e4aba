import { useFetcher, useNavigation } from '@remix-run/react'
import { useEffect, useState } from 'react'
import type { ShownException } from '#app/.server/reads.ts'
import { paths, type ExceptionsSearch, type Scope } from '#app/paths.ts'
import { refusalIn } from '#app/routes/_console/use-refusal.ts'
import { Button } from '#app/ui/button.tsx'
import { useGetForm } from '#app/ui/filter-bar.tsx'
import { useNavigateTo } from '#app/ui/navigation.tsx'
import { useShortcuts, type Shortcut } from '#app/ui/shortcuts.ts'
import { showToast } from '#app/ui/toast.tsx'
import { ACTS, REPLAY, type ActName } from './acts.ts'
import { chosenRows, focusRow } from './chosen-rows.ts'

export const CHOSEN_FORM = 'chosen-exceptions'

type Props = {
  rows: readonly ShownException[]
  /** How many match in all. */
  total: number
  view: ExceptionsSearch
  scope: Scope
  /** Why nothing here is for this person; null where it is. */
  reason: string | null
  /** Makes a key for what is done at once. */
  isOpen: boolean
}

/** What can be done with the chosen rows, or with the row that has the focus: by button and by key. */
export function ActBar({ rows, total, view, scope, reason, isOpen }: Props) {
  const submit = useGetForm(paths.exceptions())
  const navigate = useNavigateTo()
  const fetcher = useFetcher()
  const count = useChosenCount()
  useRefusalTold(fetcher.data)
  useFocusBack(isOpen)
  // While a dialog is on its way, what is typed is meant for it.
  const isOnTheWay = useNavigation().state !== 'idle'
  const open = (act: ActName) => {
    const chosen = chosenRows()
    if (chosen.length > 0 && reason === null) navigate?.(paths.exceptions({ ...view, do: act, chosen: chosen.join(',') }))
  }
  // Records wait behind those of this queue only; for the rest the way leads through the last run.
  const hasRecords = view.class === 'business'
  const toReplay = () => {
    const chosen = chosenRows()
    const lastRunId = rows.find(({ exceptionId }) => `${exceptionId}` === chosen[0])?.lastRunId
    if (hasRecords && chosen.length > 0) navigate?.(paths.replayNew({ ...scope, exceptions: chosen.join(',') }))
    else if (lastRunId) navigate?.(paths.run(lastRunId, { do: 'replay' }))
  }
  const atOnce = (act: 'take' | 'move') => {
    const chosen = new Set(chosenRows())
    const seen = rows.filter(({ exceptionId }) => chosen.has(`${exceptionId}`))
    if (seen.length === 0 || reason !== null) return
    const fields = {
      act,
      to: 'in_progress',
      chosen: seen.map(({ exceptionId, revision }) => `${exceptionId}:${revision}`).join(','),
      idempotencyKey: crypto.randomUUID(),
    }
    fetcher.submit(fields, { method: 'post', action: paths.exceptions(view), preventScrollReset: true })
  }
  const keys: Shortcut[] = [
    ...ACTS.map(({ act, key, label }) => ({ keys: key, label, group: 'On the chosen exceptions', run: () => open(act) })),
    { keys: 'm', label: 'Take it myself', group: 'On the chosen exceptions', run: () => atOnce('take') },
    { keys: 'b', label: 'Begin work on it', group: 'On the chosen exceptions', run: () => atOnce('move') },
    {
      keys: 'r',
      label: hasRecords ? 'Replay what waits' : 'To the replay of its last run',
      group: 'On the chosen exceptions',
      run: toReplay,
    },
  ]
  useShortcuts(isOnTheWay ? keys.map((each) => ({ ...each, run: () => undefined })) : keys)
  return (
    <form
      id={CHOSEN_FORM}
      method="get"
      action={paths.exceptions()}
      onSubmit={submit}
      className="act-bar"
      aria-label="Do with the chosen"
    >
      {Object.entries(view).map(
        ([name, value]) => value !== undefined && <input key={name} type="hidden" name={name} value={value} />,
      )}
      <span role="status" className="text-ink-2">
        {count === 0 ? 'Nothing chosen' : `${count} chosen`}
      </span>
      {total > rows.length && (
        <label className="check-label">
          <input type="checkbox" className="check" name="all" value="1" />
          All {total} that match
        </label>
      )}
      {ACTS.map(({ act, word }) => (
        <Button key={act} type="submit" size="small" name="do" value={act} disabledReason={reason}>
          {word}
        </Button>
      ))}
      {/* Nothing is done yet on the page it leads to, so whoever looks may look. */}
      {hasRecords && (
        <Button type="submit" size="small" name="do" value={REPLAY}>
          Replay…
        </Button>
      )}
    </form>
  )
}

/** What is done at once has no form to say it beside. */
function useRefusalTold(answer: unknown): void {
  useEffect(() => {
    const refusal = refusalIn(answer)
    if (refusal) showToast({ text: refusal.message ?? 'That failed, and it is our fault. Nothing was changed.' })
  }, [answer])
}

function useChosenCount(): number {
  const [count, setCount] = useState(0)
  useEffect(() => {
    const look = () => setCount(document.querySelectorAll(`input[name=chosen][form=${CHOSEN_FORM}]:checked`).length)
    document.addEventListener('change', look)
    return () => document.removeEventListener('change', look)
  }, [])
  return count
}

/** After a dialog the focus is on the row it was on, or where that was: the next key goes on from there. */
function useFocusBack(isOpen: boolean): void {
  const [was, setWas] = useState(isOpen)
  useEffect(() => {
    if (was && !isOpen) focusRow()
    setWas(isOpen)
  }, [was, isOpen])
}
