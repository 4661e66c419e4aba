import { paths } from '#app/paths.ts'
import { useNavigateTo } from '#app/ui/navigation.tsx'
import { useShortcuts, type Shortcut } from '#app/ui/shortcuts.ts'
import { isEnding } from '#server/domain/triage.ts'
import { NOTE_FIELD } from './notes.tsx'
import { waitsWithRecords } from './way-on.tsx'
import type { Screen } from './screen.ts'
import { useAct } from './use-act.ts'

const GROUP = 'On this exception'

/** The keys of this page: only those that would do something. */
export function useExceptionKeys(screen: Screen): void {
  const { exception, reasons, me, scope, lastRun, key } = screen
  const { exceptionId, revision, state, assignee, closedAt } = exception
  const navigate = useNavigateTo()
  const { submit } = useAct(exceptionId, { tellsRefusal: true })
  const go = (href: string) => () => navigate?.(href)
  const open = (search: Parameters<typeof paths.exception>[1]) => go(paths.exception(exceptionId, { ...scope, ...search }))
  const take = () =>
    submit(
      { act: 'take', chosen: `${exceptionId}:${revision}`, idempotencyKey: key },
      { method: 'post', action: paths.exception(exceptionId, scope) },
    )
  const isAtWork = closedAt === null && !isEnding(state)
  const shortcut = (keys: string, label: string, works: boolean, run: () => void): Shortcut[] =>
    works ? [{ keys, label, group: GROUP, run }] : []
  const hasRecords = waitsWithRecords(exception)
  const replayHref = hasRecords
    ? paths.replayNew({ ...scope, exceptions: `${exceptionId}` })
    : lastRun
      ? paths.run(lastRun.runId, { ...scope, do: 'replay' })
      : ''
  useShortcuts([
    ...shortcut('a', 'Assign it', isAtWork && !reasons.assign, open({ do: 'assign' })),
    ...shortcut('m', 'Take it', isAtWork && !reasons.assign && assignee !== me, take),
    ...shortcut('e', 'Propose an end', isAtWork && !reasons.end, open({ do: 'end', ending: 'done_outside' })),
    ...shortcut('s', 'Propose to waive it', isAtWork && !reasons.end, open({ do: 'end', ending: 'waived' })),
    ...shortcut('c', 'Write a note', !reasons.note, () => document.getElementById(NOTE_FIELD)?.focus()),
    ...shortcut(
      'r',
      hasRecords ? 'Replay what waits' : 'Replay its last run',
      hasRecords ? closedAt === null : lastRun?.canReplay === true,
      go(replayHref),
    ),
  ])
}
