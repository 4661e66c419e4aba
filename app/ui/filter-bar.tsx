import { ChevronDown } from 'lucide-react'
import { createContext, useContext, useEffect, useRef, type FormEvent, type ReactNode } from 'react'
import { Button, ButtonLink } from './button.tsx'
import { Options, type Option } from './field.tsx'
import { useNavigateTo } from './navigation.tsx'

export type Filter =
  | {
      readonly kind: 'select'
      readonly name: string
      readonly label: string
      readonly value: string
      readonly options: readonly Option[]
    }
  | {
      readonly kind: 'text'
      readonly name: string
      readonly label: string
      readonly value: string
      readonly placeholder?: string
    }
  | { readonly kind: 'date'; readonly name: string; readonly label: string; readonly value: string }

export type FilterBarProps = {
  /** The list's own address, without a query. */
  action: string
  /** An option with value '' means any and leaves the address. */
  filters: readonly Filter[]
  /** What must travel along unseen, such as the scope. */
  keep?: Readonly<Record<string, string | undefined>>
  /** At the right end: export, density, saved views. */
  end?: ReactNode
}

/** What the frame adds to the bar of a list, by the list's address: saved views. */
export type FilterExtras = (action: string) => { readonly keep?: FilterBarProps['keep']; readonly end?: ReactNode }
const FilterExtrasContext = createContext<FilterExtras>(() => ({}))
export const FilterExtrasProvider = FilterExtrasContext.Provider

/** A link that stays in the list takes along what the frame keeps there. */
export function useKept(): (href: string) => string {
  const extras = useContext(FilterExtrasContext)
  return (href) => {
    const [path = '', query = ''] = href.split('?')
    const kept = Object.entries(extras(path).keep ?? {}).filter((pair): pair is [string, string] => Boolean(pair[1]))
    return withQuery(path, [...new URLSearchParams(query), ...kept])
  }
}

/** A GET form: filters live in the address. Sends itself on change once scripts run; until then it has a button. */
export function FilterBar({ action, filters, keep = {}, end }: FilterBarProps) {
  const extras = useContext(FilterExtrasContext)(action)
  const submit = useGetForm(action)
  const kept = Object.entries({ ...keep, ...extras.keep }).filter((pair): pair is [string, string] => Boolean(pair[1]))
  const active = filters.some((filter) => filter.value !== '')
  return (
    <div className="filters">
      <form className="filter-form" method="get" action={action} onSubmit={submit} aria-label="Filter">
        {kept.map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
        {filters.map((filter) => (
          <FilterControl key={filter.name} filter={filter} />
        ))}
        <noscript>
          <Button type="submit">Apply</Button>
        </noscript>
        {active && (
          <ButtonLink kind="ghost" href={withQuery(action, kept)} keepScroll>
            Reset
          </ButtonLink>
        )}
      </form>
      {(end || extras.end) && (
        <div className="ms-auto flex flex-wrap items-center gap-2">
          {end}
          {extras.end}
        </div>
      )}
    </div>
  )
}

function FilterControl({ filter }: { filter: Filter }) {
  const ref = useRef<HTMLInputElement & HTMLSelectElement>(null)
  // The address is the truth: going back must set the control back as well.
  useEffect(() => {
    if (ref.current && ref.current.value !== filter.value) ref.current.value = filter.value
  }, [filter.value])
  const common = { ref, name: filter.name, defaultValue: filter.value }
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control inside gets its name by spreading
    <label className="filter" data-active={filter.value !== ''}>
      <span className="filter-name">{filter.label}</span>
      {filter.kind === 'select' ? (
        <span className="select-wrap h-full">
          <select {...common} onChange={(event) => event.currentTarget.form?.requestSubmit()}>
            <Options options={filter.options} />
          </select>
          <ChevronDown className="icon" aria-hidden />
        </span>
      ) : (
        <input
          {...common}
          type={filter.kind === 'date' ? 'date' : 'search'}
          placeholder={filter.kind === 'text' ? filter.placeholder : undefined}
          // On leaving and on Enter, not on each key: a list must not move under the hand that types.
          onBlur={(event) => event.currentTarget.value !== filter.value && event.currentTarget.form?.requestSubmit()}
        />
      )}
    </label>
  )
}

/** Sends a GET form through the router, leaving out what is empty, so that addresses stay short. */
export function useGetForm(action: string): (event: FormEvent<HTMLFormElement>) => void {
  const navigate = useNavigateTo()
  return (event) => {
    if (!navigate) return
    event.preventDefault()
    const pairs: [string, string][] = []
    // What was pressed belongs to what is asked.
    const pressed = event.nativeEvent instanceof SubmitEvent ? event.nativeEvent.submitter : null
    new FormData(event.currentTarget, pressed).forEach((value, name) => {
      if (typeof value === 'string' && value.trim() !== '') pairs.push([name, value.trim()])
    })
    navigate(withQuery(action, pairs))
  }
}

function withQuery(path: string, pairs: readonly (readonly [string, string])[]): string {
  const query = new URLSearchParams(pairs.map(([name, value]) => [name, value])).toString()
  return query ? `${path}?${query}` : path
}
