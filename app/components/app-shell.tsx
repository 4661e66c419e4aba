import type { ReactNode } from 'react'
import type { Preferences } from '#app/ui/preferences.ts'
import { Toasts } from '#app/ui/toast.tsx'
import type { CommandName } from '#server/domain/actor.ts'
import { Keyboard } from './keyboard.tsx'
import { LiveBadge } from './live-badge.tsx'
import { Rail, type RailItem, type RailKey } from './rail.tsx'
import { ScopeBar, type ScopeBarProps } from './scope-bar.tsx'
import { UserMenu } from './user-menu.tsx'
import { Waits } from './waits.tsx'

export type AppShellProps = {
  user: { name: string; role: string }
  /** What this person may do, for the palette. */
  commands: readonly CommandName[]
  rail: readonly RailItem[]
  current: RailKey
  /** This address with its query: where preferences return to. */
  here: string
  /** How high rows are while a view of a list says so. */
  density?: Preferences['density'] | undefined
  scopeBar: Omit<ScopeBarProps, 'end'>
  children: ReactNode
}

/** Rail, scope bar, page, and what all screens share: keys, palette, news. */
export function AppShell({ user, commands, rail, current, here, density, scopeBar, children }: AppShellProps) {
  const end = (
    <>
      <LiveBadge />
      <Keyboard rail={rail} scope={scopeBar.scope} commands={commands} here={here} />
      <UserMenu {...user} returnTo={here} />
    </>
  )
  return (
    <div className="shell" data-density={density}>
      <a href="#main" className="skip-link">
        Skip to the page
      </a>
      <Rail rail={rail} current={current} here={here} scope={scopeBar.scope} />
      <div className="stage-area">
        <ScopeBar {...scopeBar} end={end} />
        <main id="main" tabIndex={-1} className="page">
          {children}
        </main>
      </div>
      <Waits />
      <Toasts />
    </div>
  )
}
