import { Command } from 'cmdk'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { paths, type Scope } from '#app/paths.ts'
import { Kbd } from '#app/ui/kbd.tsx'
import { useNavigateTo } from '#app/ui/navigation.tsx'
import { useChoose, type PreferenceName } from '#app/ui/preferences.ts'
import type { CommandName } from '#server/domain/actor.ts'
import { RAIL, railHref, type RailItem } from './rail.tsx'
import { recentPages, rememberPage } from './recent-pages.ts'
import { useFound, type FoundThing } from './use-found.ts'

export type CommandPaletteProps = {
  rail: readonly RailItem[]
  scope: Scope
  commands: readonly CommandName[]
  here: string
  onClose: () => void
  onKeys: () => void
}

/** Type where to go, what to find or what to do. */
export function CommandPalette({ rail, scope, commands, here, onClose, onKeys }: CommandPaletteProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const [words, setWords] = useState('')
  const { found, isAsking } = useFound(words)
  const navigate = useNavigateTo()
  const choose = useChoose()
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector('input')?.focus()
    return () => element?.close()
  }, [])
  const go = (href: string, title?: string) => {
    if (title) rememberPage({ href, title })
    onClose()
    navigate?.(href)
  }
  const set = (name: PreferenceName, value: string) => {
    choose(name, value)
    onClose()
  }
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it as well, by itself
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search and commands"
      onCancel={onClose}
      onClick={(event) => closeOutside(event, onClose)}
    >
      <Command label="Search and commands" loop>
        <Command.Input
          value={words}
          onValueChange={setWords}
          placeholder="A screen, a job, an entity, the number of a run, an exception or a line …"
        />
        <Command.List>
          <Command.Empty>{isAsking ? 'Looking …' : 'Nothing is called that, within what you may see.'}</Command.Empty>
          {found.length > 0 && (
            <Command.Group heading="Found">
              {found.map((thing) => (
                <Item
                  key={`${thing.kind} ${thing.id}`}
                  forceMount
                  note={thing.detail}
                  onSelect={() => go(hrefOf(thing, scope), titleOf(thing))}
                >
                  {titleOf(thing)}
                </Item>
              ))}
            </Command.Group>
          )}
          {words === '' && <Recent here={here} go={go} />}
          <Command.Group heading="Go to">
            {rail.map((item) => (
              <Item key={item.key} keys={`g ${RAIL[item.key].letter}`} onSelect={() => go(railHref(item, scope))}>
                {RAIL[item.key].label}
              </Item>
            ))}
          </Command.Group>
          <Command.Group heading="Do">
            {commands.includes('loadFile') && <Item onSelect={() => go(paths.upload(scope))}>Load a file</Item>}
            {commands.includes('importJob') && (
              <Item onSelect={() => go(paths.jobs({ do: 'import' }))}>Import job definitions</Item>
            )}
            <Item onSelect={() => go(paths.auditVerify())}>Verify the audit log</Item>
            <Item onSelect={() => set('theme', 'dark')}>Dark theme</Item>
            <Item onSelect={() => set('theme', 'light')}>Light theme</Item>
            <Item onSelect={() => set('theme', 'system')}>Theme of the system</Item>
            <Item onSelect={() => set('density', 'compact')}>Compact rows</Item>
            <Item onSelect={() => set('density', 'normal')}>Normal rows</Item>
            <Item keys="?" onSelect={onKeys}>
              Keyboard shortcuts
            </Item>
          </Command.Group>
        </Command.List>
      </Command>
    </dialog>
  )
}

function Recent({ here, go }: { here: string; go: (href: string, title: string) => void }) {
  const pages = recentPages().filter(({ href }) => href !== here)
  if (pages.length === 0) return null
  return (
    <Command.Group heading="Recent">
      {pages.map(({ href, title }) => (
        <Item key={href} value={`recent ${href}`} onSelect={() => go(href, title)}>
          {title}
        </Item>
      ))}
    </Command.Group>
  )
}

type ItemProps = { onSelect: () => void; children: ReactNode; note?: string; keys?: string; forceMount?: boolean; value?: string }

function Item({ children, note, keys, forceMount = false, ...rest }: ItemProps) {
  return (
    <Command.Item {...rest} forceMount={forceMount}>
      <span className="palette-title">{children}</span>
      {note && <span className="meta">{note}</span>}
      {keys && (
        <span className="flex gap-1" aria-hidden>
          {keys.split(' ').map((key) => (
            <Kbd key={key}>{key}</Kbd>
          ))}
        </span>
      )}
    </Command.Item>
  )
}

function titleOf({ kind, id, title }: FoundThing): string {
  if (kind === 'job' || kind === 'entity') return title === id ? id : `${id} · ${title}`
  return `${KIND_WORDS[kind]} ${id} · ${title}`
}
const KIND_WORDS = { run: 'Run', exception: 'Exception', line: 'Line' } as const

function hrefOf({ kind, id }: FoundThing, scope: Scope): string {
  if (kind === 'run') return paths.run(id, scope)
  if (kind === 'exception') return paths.exception(id, scope)
  if (kind === 'line') return paths.line(id, scope)
  if (kind === 'job') return paths.job(id)
  return paths.tower({ ...scope, entity: id })
}

/** The veil around a dialog is the dialog itself. */
function closeOutside(event: { target: EventTarget; currentTarget: EventTarget }, close: () => void) {
  if (event.target === event.currentTarget) close()
}
