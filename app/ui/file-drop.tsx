import { FileUp } from 'lucide-react'
import { useState, type InputHTMLAttributes } from 'react'
import { Field, type FieldText } from './field.tsx'
import { groupedCount } from './decimal.ts'

export type FileDropProps = FieldText &
  Omit<InputHTMLAttributes<HTMLInputElement>, 'type'> & {
    /** What is taken: 'CSV or XLSX, up to 2 GB'. */
    takes: string
    /** What is larger is not sent: whoever chose it is told at once. */
    maxBytes?: number
  }

/** The native file input lies over the whole area, so that choosing and dropping both work without a script. */
export function FileDrop({ label, hint, error, required, id, className, takes, maxBytes, ...rest }: FileDropProps) {
  const [files, setFiles] = useState<readonly File[]>([])
  const [over, setOver] = useState(false)
  const tooLarge = tooLargeOf(files, maxBytes)
  return (
    <Field {...{ label, hint, error: tooLarge || error, required, id, className }}>
      {(control) => (
        // biome-ignore lint/a11y/noStaticElementInteractions: only colours the area; the input inside takes the file
        <div
          className="file-drop"
          data-over={over}
          onDragEnter={() => setOver(true)}
          onDragLeave={() => setOver(false)}
          onDrop={() => setOver(false)}
        >
          <FileUp className="icon" aria-hidden />
          <div aria-live="polite">
            {files.length === 0 ? (
              <p>
                <strong>Choose a file</strong> or drop it here
              </p>
            ) : (
              files.map((file) => (
                <p key={file.name}>
                  <strong>{file.name}</strong> · {groupedCount(file.size)} bytes
                </p>
              ))
            )}
            <p className="meta">{takes}</p>
          </div>
          <input
            {...rest}
            {...control}
            type="file"
            onChange={(event) => {
              const chosen = [...(event.currentTarget.files ?? [])]
              setFiles(chosen)
              event.currentTarget.setCustomValidity(tooLargeOf(chosen, maxBytes))
              rest.onChange?.(event)
            }}
          />
        </div>
      )}
    </Field>
  )
}

/** Why these are not sent; nothing where they may be. */
function tooLargeOf(files: readonly File[], maxBytes = Number.POSITIVE_INFINITY): string {
  const large = files.find(({ size }) => size > maxBytes)
  return large ? `${large.name} is larger than ${maxBytes / 1_000_000} MB` : ''
}
