import type { LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import { TONE_ICON, type Tone } from './tone.tsx'

export type BadgeProps = {
  tone: Tone
  children: ReactNode
  /** Instead of the icon of the tone. */
  icon?: LucideIcon
  /** More than fits into the word, on hover. The word must stand alone. */
  title?: string | undefined
}

export function Badge({ tone, children, icon, title }: BadgeProps) {
  const Icon = icon ?? TONE_ICON[tone]
  return (
    <span className="badge" data-tone={tone} title={title}>
      <Icon className="icon" aria-hidden />
      {children}
    </span>
  )
}
