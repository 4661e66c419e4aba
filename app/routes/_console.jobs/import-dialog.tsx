import { Form, useNavigation } from '@remix-run/react'
import { paths, type Scope } from '#app/paths.ts'
import { useRefusal } from '#app/routes/_console/use-refusal.ts'
import { counted } from '#app/routes/_console/words.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Dialog } from '#app/ui/dialog.tsx'
import { FileDrop } from '#app/ui/file-drop.tsx'
import { Notice } from '#app/ui/notice.tsx'

/** Every problem of the file at once, so that it is put right in one go. */
export function ImportDialog({ reason, scope }: { reason: string | null; scope: Scope }) {
  const refusal = useRefusal()
  const isSending = useNavigation().formMethod === 'POST'
  const problems = (refusal?.message ?? '').split(': ').slice(1).join(': ').split('; ').filter(Boolean)
  const closeHref = paths.jobs(scope)
  return (
    <Form method="post" encType="multipart/form-data" preventScrollReset>
      <Dialog
        title="Import jobs from YAML"
        closeHref={closeHref}
        actions={
          <>
            <ButtonLink href={closeHref} keepScroll>
              Back
            </ButtonLink>
            <Button type="submit" kind="primary" pending={isSending} disabledReason={reason} reasonAlign="end">
              Check and import
            </Button>
          </>
        }
      >
        {refusal && (
          <Notice
            kind="broken"
            title={problems.length > 1 ? `Nothing was imported: ${counted(problems.length, 'problem')}` : 'Nothing was imported'}
          >
            {problems.length > 0 ? (
              <ul className="list-disc ps-4">
                {problems.map((problem) => (
                  <li key={problem} className="wrap-anywhere">
                    {inWords(problem)}
                  </li>
                ))}
              </ul>
            ) : (
              (refusal.message ?? refusal.errorId)
            )}
          </Notice>
        )}
        <p>
          One file may hold any number of jobs and calendars. A definition that differs from the one that stands becomes its next
          version; runs that are done keep the version they ran with.
        </p>
        <FileDrop label="File" name="file" required accept=".yaml,.yml,text/yaml" takes="YAML, up to 1 MB" />
      </Dialog>
    </Form>
  )
}

/** What the schema says of types and options, for people who write YAML and not TypeScript. */
const inWords = (problem: string): string =>
  problem
    .replace(
      /Invalid option: expected one of (.+)$/,
      (_, options: string) => `use one of ${options.replaceAll('"', '').replaceAll('|', ', ')}`,
    )
    .replace(/Invalid input: expected (\w+), received undefined$/, 'is missing')
    .replace(/Invalid input: expected string, received \w+$/, 'write it as text, in quotes')
    .replace(/Invalid input: expected (\w+), received (\w+)$/, 'must be $1, not $2')
