import { paths } from '#app/paths.ts'
import { KeyValue } from '#app/ui/key-value.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Section } from '#app/ui/page-header.tsx'

type Props = {
  readonly said: {
    readonly vendor: string
    readonly status: number | null
    readonly codes: readonly string[]
    readonly texts: readonly string[]
  }
  readonly detail: string
  readonly job: string
  readonly system: string
}

/** The words of the system, as they were kept. */
export function WhatWasSaid({ said: { vendor, status, codes, texts }, detail, job, system }: Props) {
  const list = (words: readonly string[]) =>
    words.length === 0 ? (
      <span className="text-ink-3">none</span>
    ) : (
      <ul className="grid gap-1">
        {words.map((word) => (
          <li key={word} className="mono wrap-anywhere">
            {word}
          </li>
        ))}
      </ul>
    )
  return (
    <Section title="What was said">
      <KeyValue
        items={[
          {
            key: 'System and job',
            value: (
              <>
                <Link href={paths.system(system)} className="link mono">
                  {system}
                </Link>
                ,{' '}
                <Link href={paths.job(job)} className="link mono">
                  {job}
                </Link>
              </>
            ),
          },
          { key: 'In the words of', value: vendor === 'http' ? 'HTTP only' : vendor },
          ...(status === null ? [] : [{ key: 'Status', value: status }]),
          { key: 'Codes', value: list([...new Set(codes)]) },
          { key: 'Sentences', value: list([...new Set(texts)]) },
          { key: 'Detail', value: <span className="wrap-anywhere">{detail}</span> },
        ]}
      />
    </Section>
  )
}
