import { useLocation } from '@remix-run/react'
import { MessageSquare } from 'lucide-react'
import { useCallback, useRef } from 'react'
import { noteAnchor, paths } from '#app/paths.ts'
import { Refused } from '#app/routes/_console/dialog-parts.tsx'
import { Button } from '#app/ui/button.tsx'
import { Section } from '#app/ui/page-header.tsx'
import { Time } from '#app/ui/time.tsx'
import { Seen } from './act-parts.tsx'
import { MentionField } from './mention-field.tsx'
import { noteParts } from './note-parts.ts'
import { nameOf, type Screen } from './screen.ts'
import { useAct } from './use-act.ts'

export const NOTE_FIELD = 'note'

/** What people say beside it, the newest last, and a place to say something. */
export function Notes({ screen }: { screen: Screen }) {
  const { notes, isPartly } = screen.case
  // Not :target, which does not hear of a step that the script takes.
  const { hash } = useLocation()
  return (
    <Section title="Notes" note={isPartly ? 'Not shown: it concerns entities outside your scope as well' : undefined}>
      {notes.length > 0 && (
        <ol className="notes">
          {notes.map(({ noteId, author, at, text, mentions }) => (
            <li
              key={noteId}
              id={noteAnchor(noteId)}
              className="note"
              aria-current={hash === `#${noteAnchor(noteId)}` || undefined}
            >
              <p className="meta">
                <strong title={author}>{nameOf(screen, author)}</strong> <Time at={at} showZone />
              </p>
              <p className="note-text">
                {noteParts(text, mentions).map((part, index) =>
                  part.isMention ? (
                    // biome-ignore lint/suspicious/noArrayIndexKey: a note is never edited
                    <strong key={index} className="mention">
                      {part.text}
                    </strong>
                  ) : (
                    part.text
                  ),
                )}
              </p>
            </li>
          ))}
        </ol>
      )}
      <NewNote screen={screen} />
    </Section>
  )
}

function NewNote({ screen }: { screen: Screen }) {
  const { exception, case: asked, reasons, scope } = screen
  const form = useRef<HTMLFormElement>(null)
  const onDone = useCallback(() => form.current?.reset(), [])
  const { Form, refusal, isSending } = useAct(exception.exceptionId, { onDone })
  return (
    <Form method="post" action={paths.exception(exception.exceptionId, scope)} ref={form} className="grid max-w-3xl gap-2">
      {!refusal?.fields?.text && <Refused refusal={refusal} />}
      <Seen screen={screen} />
      <input type="hidden" name="act" value="note" />
      {!reasons.note && (
        <MentionField
          fieldId={NOTE_FIELD}
          name="text"
          label="Add a note"
          hint="Name somebody with an @ and they find it. Kept as it is: a note is never edited."
          error={refusal?.fields?.text}
          people={asked.people}
        />
      )}
      <div>
        <Button type="submit" icon={MessageSquare} pending={isSending} disabledReason={reasons.note}>
          Add the note
        </Button>
      </div>
    </Form>
  )
}
