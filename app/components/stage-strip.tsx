import { CircleDashed, CircleSlash, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { StageName } from '#server/domain/run.ts'
import { formatDuration } from '#app/ui/time.tsx'
import { groupedCount } from '#app/ui/decimal.ts'
import { TONE_ICON, type Tone } from '#app/ui/tone.tsx'

/** In the order in which they happen. A stage without a label does not compile. */
const LABEL: Record<StageName, string> = {
  extract: 'Extract',
  validate: 'Validate',
  load: 'Load',
  prove: 'Prove',
  publish: 'Publish',
}
const STAGES = Object.keys(LABEL) as StageName[]

export type StageState = 'pending' | 'running' | 'succeeded' | 'held' | 'failed' | 'skipped'

export type Stage = {
  readonly name: StageName
  readonly state: StageState
  readonly durationMs?: number | null
  readonly records?: number | null
  /** One sentence, where something is to be said: 'Waits for period 2026-11 to open.' */
  readonly note?: ReactNode
}

const LOOK: Record<StageState, { word: string; tone: Tone; icon: LucideIcon }> = {
  pending: { word: 'Not yet', tone: 'past', icon: CircleDashed },
  running: { word: 'Running', tone: 'running', icon: TONE_ICON.running },
  succeeded: { word: 'Done', tone: 'fine', icon: TONE_ICON.fine },
  held: { word: 'Held here', tone: 'held', icon: TONE_ICON.held },
  failed: { word: 'Failed here', tone: 'broken', icon: TONE_ICON.broken },
  skipped: { word: 'Skipped', tone: 'past', icon: CircleSlash },
}

/** The five stages of a run, always all five and always in this order; one not given is still to come. */
export function StageStrip({ stages }: { stages: readonly Stage[] }) {
  return (
    <ol className="stages" aria-label="Stages of the run">
      {STAGES.map((name) => {
        const stage = stages.find((candidate) => candidate.name === name) ?? { name, state: 'pending' as const }
        const { word, tone, icon: Icon } = LOOK[stage.state]
        return (
          <li key={name} className="stage" data-state={stage.state} data-tone={tone}>
            <span className="stage-mark">
              <Icon className="icon" aria-hidden />
            </span>
            <p className="stage-name">
              {LABEL[name]} <span className="stage-state">{word}</span>
            </p>
            <p className="stage-facts">{factsOf(stage)}</p>
            {stage.note && <p className="stage-facts">{stage.note}</p>}
          </li>
        )
      })}
    </ol>
  )
}

function factsOf({ durationMs, records }: Stage): string {
  return (
    [durationMs != null ? formatDuration(durationMs) : null, records != null ? `${groupedCount(records)} records` : null]
      .filter(Boolean)
      .join(' · ') || '\u00a0'
  )
}
