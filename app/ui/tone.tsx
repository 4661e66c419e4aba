import { CircleAlert, CircleCheck, CirclePause, CirclePlay, CircleX, History, type LucideIcon } from 'lucide-react'

/** What a colour may mean. `fine` has no colour: silence is the good news. */
export type Tone = 'fine' | 'attention' | 'broken' | 'held' | 'running' | 'past'

/** Colour is never alone: each tone brings its icon, and the caller brings the word. */
export const TONE_ICON: Record<Tone, LucideIcon> = {
  fine: CircleCheck,
  attention: CircleAlert,
  broken: CircleX,
  held: CirclePause,
  running: CirclePlay,
  past: History,
}
