import { CircleCheck, CircleX, Info, TriangleAlert, type LucideIcon } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Tone } from './tone.tsx'

export type NoticeKind = 'info' | 'success' | 'attention' | 'broken'
export type NoticeProps = { kind: NoticeKind; title: ReactNode; children?: ReactNode; action?: ReactNode }

const LOOK: Record<NoticeKind, { icon: LucideIcon; tone: Tone; role: 'status' | 'alert' }> = {
  info: { icon: Info, tone: 'fine', role: 'status' },
  success: { icon: CircleCheck, tone: 'fine', role: 'status' },
  attention: { icon: TriangleAlert, tone: 'attention', role: 'status' },
  broken: { icon: CircleX, tone: 'broken', role: 'alert' },
}

/** What just happened or what stands in the way: stays until the page changes, and is read out. */
export function Notice({ kind, title, children, action }: NoticeProps) {
  const { icon: Icon, tone, role } = LOOK[kind]
  return (
    <div className="notice" data-tone={tone} role={role}>
      <Icon className="icon" aria-hidden />
      <div className="notice-words">
        <p className="notice-title">{title}</p>
        {children && <div className="notice-text">{children}</div>}
      </div>
      {action && <div className="notice-action">{action}</div>}
    </div>
  )
}
