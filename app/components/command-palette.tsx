import { Command } from 'cmdk'
import { useEffect, useRef, useState } from 'react'
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

type Entry = {
  readonly title: string
  readonly run: () => void
  readonly note?: string
  readonly keys?: string
  readonly id?: string
}

/** Type where to go, what to find or what to do. */
export function CommandPalette(props: CommandPaletteProps) {
  const { onClose } = props
  const dialog = useRef<HTMLDialogElement>(null)
  const [words, setWords] = useState('')
  const { found, isAsking } = useFound(words)
  useEffect(() => {
    const element = dialog.current
    element?.showModal()
    element?.querySelector('input')?.focus()
    return () => element?.close()
  }, [])
  const groups = useEntries(props, found, words)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it as well, by itself
    <dialog
      ref={dialog}
      className="palette"
      aria-label="Search and commands"
      onCancel={onClose}
      // The veil around a dialog is the dialog itself.
      onClick={(event) => event.target === event.currentTarget && onClose()}
    >
      {/* The server finds, and the rest is few: nothing is ranked or hidden behind our back. */}
      <Command label="Search and commands" loop shouldFilter={false}>
        <Command.Input
          value={words}
          onValueChange={setWords}
          placeholder="A screen, a job, an entity, the number of a run, an exception or a line …"
        />
        <Command.List>
          {groups.length === 0 && (
            <p className="palette-empty" role="status">
              {isAsking ? 'Looking …' : 'Nothing is called that, within what you may see.'}
            </p>
          )}
          {groups.map(([heading, entries]) => (
            <Command.Group key={heading} heading={heading}>
              {entries.map(({ title, run, note, keys, id = title }) => (
                <Command.Item key={id} value={`${heading} ${id}`} onSelect={run}>
                  <span className="palette-title">{title}</span>
                  {note && <span className="meta">{note}</span>}
                  {keys && (
                    <span className="flex gap-1" aria-hidden>
                      {keys.split(' ').map((key) => (
                        <Kbd key={key}>{key}</Kbd>
                      ))}
                    </span>
                  )}
                </Command.Item>
              ))}
            </Command.Group>
          ))}
        </Command.List>
      </Command>
    </dialog>
  )
}

function useEntries(props: CommandPaletteProps, found: readonly FoundThing[], words: string): [string, readonly Entry[]][] {
  const { rail, scope, commands, here, onClose, onKeys } = props
  const navigate = useNavigateTo()
  const choose = useChoose()
  const go = (href: string, title?: string) => () => {
    if (title) rememberPage({ href, title })
    onClose()
    navigate?.(href)
  }
  const set = (name: PreferenceName, value: string) => () => {
    choose(name, value)
    onClose()
  }
  const recent = recentPages().filter(({ href }) => href !== here)
  const doing: Entry[] = [
    ...(commands.includes('loadFile') ? [{ title: 'Load a file', run: go(paths.upload(scope)) }] : []),
    ...(commands.includes('importJob') ? [{ title: 'Import job definitions', run: go(paths.jobs({ do: 'import' })) }] : []),
    { title: 'Verify the audit log', run: go(paths.auditVerify()) },
    { title: 'Dark theme', run: set('theme', 'dark') },
    { title: 'Light theme', run: set('theme', 'light') },
    { title: 'Theme of the system', run: set('theme', 'system') },
    { title: 'Compact rows', run: set('density', 'compact') },
    { title: 'Normal rows', run: set('density', 'normal') },
    { title: 'Keyboard shortcuts', keys: '?', run: onKeys },
  ]
  const places = rail.map((item) => {
    const { label, letter } = RAIL[item.key]
    return { title: label, keys: `g ${letter}`, run: go(railHref(item, scope)) }
  })
  const things = found.map((thing) => ({
    id: `${thing.kind} ${thing.id}`,
    title: titleOf(thing),
    note: thing.detail,
    run: go(hrefOf(thing, scope), titleOf(thing)),
  }))
  const named = (entries: readonly Entry[]) => entries.filter(({ title }) => holds(title, words))
  const groups: [string, readonly Entry[]][] = [
    ['Found', things],
    ['Recent', words === '' ? recent.map(({ href, title }) => ({ id: href, title, run: go(href, title) })) : []],
    ['Go to', named(places)],
    ['Do', named(doing)],
  ]
  return groups.filter(([, entries]) => entries.length > 0)
}

/** Every word, wherever it stands. */
function holds(title: string, words: string): boolean {
  const text = title.toLowerCase()
  return words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word))
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
