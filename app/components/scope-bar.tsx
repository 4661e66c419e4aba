import { ChevronDown, History } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '#app/ui/button.tsx'
import { Options, type Option } from '#app/ui/field.tsx'
import { useGetForm } from '#app/ui/filter-bar.tsx'
import { Link } from '#app/ui/navigation.tsx'
import type { Scope } from '#app/paths.ts'

export type ScopeBarProps = {
  /** The address of this screen, without a query: changing the scope stays here. */
  action: string
  scope: Scope
  /** The choices, without the 'all' that this bar adds itself. */
  entities: readonly Option[]
  periods: readonly Option[]
  versions: readonly Option[]
  publications: readonly Option[]
  /** Filters of the screen that stay while the scope changes. */
  keep?: Readonly<Record<string, string | undefined>>
  /** Where the same screen is at the present: shown only when as-of is in the past. */
  nowHref: string
  /** True when as-of is earlier than the latest publication. */
  isPast: boolean
  end: ReactNode
}

/** What one looks at. Always in the same place; another colour and a sentence when that is not the present. */
export function ScopeBar({
  action,
  scope,
  entities,
  periods,
  versions,
  publications,
  keep = {},
  nowHref,
  isPast,
  end,
}: ScopeBarProps) {
  const submit = useGetForm(action)
  const parts = [
    { name: 'entity', label: 'Entity', value: scope.entity ?? '', options: [{ value: '', label: 'All' }, ...entities] },
    { name: 'period', label: 'Period', value: scope.period ?? '', options: [{ value: '', label: 'All' }, ...periods] },
    { name: 'version', label: 'Version', value: scope.version ?? '', options: [{ value: '', label: 'All' }, ...versions] },
    {
      name: 'asOf',
      label: 'As of',
      value: scope.asOf?.toString() ?? '',
      options: [{ value: '', label: 'Now' }, ...publications],
    },
  ]
  return (
    <header className="scope-bar" data-past={isPast}>
      <div className="scope-line">
        {/* The key makes the controls follow the address when it changes otherwise, by going back for one. */}
        <form
          key={JSON.stringify(scope)}
          className="scope-form"
          method="get"
          action={action}
          onSubmit={submit}
          aria-label="Scope"
        >
          {Object.entries(keep).map(([name, value]) => value && <input key={name} type="hidden" name={name} value={value} />)}
          {parts.map(({ name, label, value, options }) => (
            <label key={name} className="scope-part">
              <span>{label}</span>
              <select name={name} defaultValue={value} onChange={(event) => event.currentTarget.form?.requestSubmit()}>
                <Options options={options} />
              </select>
              <ChevronDown className="icon" aria-hidden />
            </label>
          ))}
          <noscript>
            <Button type="submit" size="small" className="ms-2">
              Apply
            </Button>
          </noscript>
        </form>
        <div className="scope-end">{end}</div>
      </div>
      {isPast && (
        <p className="past-words" role="status">
          <span className="past-text">
            <History className="icon" aria-hidden />
            You are looking at the past: publication {scope.asOf}
            <Link href={nowHref}>Back to now</Link>
          </span>
        </p>
      )}
    </header>
  )
}
