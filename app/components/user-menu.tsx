import { CircleUser, LogOut, Monitor, Moon, Rows2, Rows3, Sun } from 'lucide-react'
import { Menu } from '#app/ui/menu.tsx'
import { usePreferenceForm, usePreferences } from '#app/ui/preferences.ts'
import { Segments } from '#app/ui/segments.tsx'
import { paths } from '#app/paths.ts'

export type UserMenuProps = { name: string; role: string; returnTo: string }

/** Who is signed in and as what; theme, density, signing out. */
export function UserMenu({ name, role, returnTo }: UserMenuProps) {
  const { theme, density, keys } = usePreferences()
  const apply = usePreferenceForm()
  return (
    <Menu
      label={`${name}, ${role}`}
      trigger={
        <>
          <CircleUser className="icon" aria-hidden />
          <span>{name}</span>
          <span className="meta">{role}</span>
        </>
      }
    >
      <div className="menu-head">
        <p className="font-strong">{name}</p>
        <p className="meta">{role}</p>
      </div>
      <form method="post" action={paths.preferences()} onSubmit={apply}>
        <input type="hidden" name="returnTo" value={returnTo} />
        <div className="menu-row">
          <span>Theme</span>
          <Segments
            label="Theme"
            name="theme"
            value={theme}
            options={[
              { value: 'system', label: 'System', icon: Monitor },
              { value: 'light', label: 'Light', icon: Sun },
              { value: 'dark', label: 'Dark', icon: Moon },
            ]}
          />
        </div>
        <div className="menu-row">
          <span>Rows</span>
          <Segments
            label="Row height"
            name="density"
            value={density}
            options={[
              { value: 'normal', label: 'Normal', icon: Rows2 },
              { value: 'compact', label: 'Compact', icon: Rows3 },
            ]}
          />
        </div>
        <div className="menu-row">
          <span>Single keys</span>
          <Segments
            label="Shortcuts of a single key"
            name="keys"
            value={keys}
            options={[
              { value: 'on', label: 'On' },
              { value: 'off', label: 'Off' },
            ]}
          />
        </div>
      </form>
      <form method="post" action={paths.signOut()} className="menu-foot">
        <button type="submit" className="menu-item">
          <LogOut className="icon" aria-hidden />
          Sign out
        </button>
      </form>
    </Menu>
  )
}
