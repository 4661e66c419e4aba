import type { Stage, StageState } from '#app/components/stage-strip.tsx'
import { STAGES } from '#server/domain/run.ts'
import type { Screen } from './screen.ts'

const NOTES: Readonly<Record<string, string>> = {
  held: 'Nothing was published.',
  cancelled: 'Cancelled here.',
  'handed back': 'Its worker stopped; another goes on.',
  'sent back': 'Something that it touches was published or closed meanwhile; it is judged again.',
  lost: 'Its worker died; another goes on.',
}

/** The stages of the latest attempt, as the strip shows them. */
export function stagesOf({ run, stages, computedAt }: Pick<Screen, 'run' | 'stages' | 'computedAt'>): Stage[] {
  return STAGES.flatMap((name): Stage[] => {
    const row = stages.find(({ stage }) => stage === name)
    const isRehearsed = run.status === 'rehearsed' && name === 'publish'
    if (!row) return []
    const end = row.endedAt ?? (run.status === 'running' ? computedAt : row.startedAt)
    return [
      {
        name,
        state: isRehearsed ? 'skipped' : stateOf(row, run.status === 'running'),
        durationMs: Math.max(0, new Date(end).getTime() - new Date(row.startedAt).getTime()),
        // Extraction counts deliveries, not records; they have their own list below.
        records: name === 'extract' ? null : row.records,
        note: isRehearsed ? 'A preview publishes nothing.' : row.outcome === null ? undefined : NOTES[row.outcome],
      },
    ]
  })
}

function stateOf({ endedAt, outcome }: { endedAt: string | null; outcome: string | null }, isRunning: boolean): StageState {
  if (endedAt === null) return isRunning ? 'running' : 'pending'
  if (outcome === 'done' || outcome === 'succeeded') return 'succeeded'
  if (outcome === 'held') return 'held'
  return outcome === 'failed' ? 'failed' : 'skipped'
}
