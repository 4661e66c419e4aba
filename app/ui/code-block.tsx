import type { ReactNode } from 'react'
import { CopyButton } from './copy-button.tsx'

export type CodeBlockProps = {
  /** What this is: the name of the file, the position. */
  title: string
  text: string
  /** The number of the first line shown. */
  firstLine?: number
  /** The lines meant, first and last, in the numbers shown. */
  marked?: readonly [number, number]
  note?: ReactNode
}

/** Raw text as it came, with its line numbers. The numbers are not copied. */
export function CodeBlock({ title, text, firstLine = 1, marked, note }: CodeBlockProps) {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/)
  const isMarked = (line: number) => marked !== undefined && line >= marked[0] && line <= marked[1]
  return (
    <figure className="code">
      <figcaption className="code-head">
        <span className="min-w-0 truncate">
          <span className="mono">{title}</span>
          {note && <span className="meta"> · {note}</span>}
        </span>
        <CopyButton text={text} />
      </figcaption>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      {/* biome-ignore lint/a11y/useSemanticElements: the text is preformatted and must stay a pre */}
      <pre tabIndex={0} role="region" aria-label={title}>
        <code>
          {lines.map((line, index) => {
            const number = firstLine + index
            return (
              <span key={number} className="code-line" data-line={number} data-marked={isMarked(number) || undefined}>
                {isMarked(number) && number === marked?.[0] && <span className="visually-hidden">Marked: </span>}
                {line}
                {'\n'}
              </span>
            )
          })}
        </code>
      </pre>
    </figure>
  )
}
