import { useId, useRef, useState, type KeyboardEvent } from 'react'
import { Field } from '#app/ui/field.tsx'
import { namedAt, withName } from './note-parts.ts'

type Person = { readonly signIn: string; readonly name: string }
type Props = { name: string; label: string; hint: string; error?: string | undefined; people: readonly Person[]; fieldId: string }

const SHOWN_MAX = 6
const CHARACTERS_MAX = 5_000

/** A text that may name people: after an @ it suggests who there is. Arrows choose, Enter takes, Esc leaves it. Without a script, a text. */
export function MentionField({ name, label, hint, error, people, fieldId }: Props) {
  const field = useRef<HTMLTextAreaElement>(null)
  const [named, setNamed] = useState<string | null>(null)
  const [at, setAt] = useState(0)
  const listId = `mentions${useId().replaceAll(':', '')}`
  const found = named === null ? [] : people.filter((person) => matches(person, named)).slice(0, SHOWN_MAX)
  const chosen = found[Math.min(at, found.length - 1)]

  const look = () => {
    const element = field.current
    setNamed(element && element.selectionStart === element.selectionEnd ? namedAt(element.value, element.selectionEnd) : null)
    setAt(0)
  }
  const take = (person: Person) => {
    const element = field.current
    if (!element) return
    const { text, caret } = withName(element.value, element.selectionEnd, person.signIn)
    element.value = text
    element.focus()
    element.setSelectionRange(caret, caret)
    setNamed(null)
  }
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault()
      event.currentTarget.form?.requestSubmit()
      return
    }
    if (!chosen) return
    if (event.key === 'ArrowDown') setAt((at + 1) % found.length)
    else if (event.key === 'ArrowUp') setAt((at + found.length - 1) % found.length)
    else if (event.key === 'Enter' || event.key === 'Tab') take(chosen)
    else if (event.key === 'Escape') setNamed(null)
    else return
    event.preventDefault()
  }
  return (
    <Field label={label} hint={hint} error={error} required id={fieldId}>
      {(control) => (
        <div className="mentions">
          <textarea
            {...control}
            ref={field}
            className="input"
            name={name}
            rows={3}
            maxLength={CHARACTERS_MAX}
            aria-autocomplete="list"
            aria-controls={chosen ? listId : undefined}
            aria-activedescendant={chosen ? `${listId}-${chosen.signIn}` : undefined}
            onInput={look}
            onClick={look}
            onBlur={() => setNamed(null)}
            onKeyDown={onKeyDown}
          />
          {chosen && (
            <div className="mention-list" role="listbox" id={listId} aria-label="People">
              {found.map((person) => (
                // biome-ignore lint/a11y/useKeyWithClickEvents: chosen by the keys of the text, which keeps the focus
                <div
                  key={person.signIn}
                  role="option"
                  tabIndex={-1}
                  id={`${listId}-${person.signIn}`}
                  aria-selected={person === chosen}
                  className="mention-option"
                  // Pressing it must not take the focus out of the text.
                  onMouseDown={(event) => event.preventDefault()}
                  onClick={() => take(person)}
                >
                  <span className="mono">@{person.signIn}</span> <span className="meta">{person.name}</span>
                </div>
              ))}
            </div>
          )}
          <span className="visually-hidden" role="status">
            {chosen && `${found.length} ${found.length === 1 ? 'person' : 'people'}: arrows choose, Enter takes`}
          </span>
        </div>
      )}
    </Field>
  )
}

const matches = ({ signIn, name }: Person, letters: string): boolean =>
  signIn.toLowerCase().startsWith(letters) ||
  name
    .toLowerCase()
    .split(/\s+/)
    .some((word) => word.startsWith(letters))
