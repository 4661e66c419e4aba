import type { ReactNode } from 'react'

export type KeyValueItem = { readonly key: string; readonly value: ReactNode }

/** Facts about one thing. An absent fact is said, never left blank. */
export function KeyValue({ items, columns = 1 }: { items: readonly KeyValueItem[]; columns?: 1 | 2 }) {
  return (
    <dl className="key-values" data-columns={columns}>
      {items.map(({ key, value }) => (
        <div key={key}>
          <dt>{key}</dt>
          <dd>{value ?? <span className="text-ink-3">n/a</span>}</dd>
        </div>
      ))}
    </dl>
  )
}
