import { Dialog } from '#app/ui/dialog.tsx'
import { Kbd } from '#app/ui/kbd.tsx'
import { useShortcutList, type Shortcut } from '#app/ui/shortcuts.ts'

/** What works here and now: the list is that of the shortcuts themselves. */
export function KeySheet({ onClose }: { onClose: () => void }) {
  const shortcuts = useShortcutList()
  const firsts = shortcuts.filter((one, index) => shortcuts.findIndex(({ keys }) => keys === one.keys) === index)
  const groups = [...new Set(firsts.map(({ group }) => group))].sort()
  return (
    <Dialog title="Keyboard shortcuts" size="wide" open onClose={onClose}>
      <div className="key-sheet">
        {groups.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {firsts
                .filter((shortcut) => shortcut.group === group)
                .map((shortcut) => (
                  <div key={shortcut.keys}>
                    <dt>{shortcut.label}</dt>
                    <dd>
                      <Keys shortcut={shortcut} />
                    </dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="meta">
        Keys are left alone while you write and while a dialog is open. Shortcuts of a single key can be switched off in the menu
        under your name.
      </p>
    </Dialog>
  )
}

const NAMES: Readonly<Record<string, string>> = { Escape: 'Esc' }

function Keys({ shortcut: { keys } }: { shortcut: Shortcut }) {
  if (keys.startsWith('Mod+')) return <Kbd>Ctrl or ⌘ {keys.slice(4).toUpperCase()}</Kbd>
  return keys.split(' ').map((key, index) => (
    <span key={key}>
      {index > 0 && <span className="meta"> then </span>}
      <Kbd>{NAMES[key] ?? key}</Kbd>
    </span>
  ))
}
