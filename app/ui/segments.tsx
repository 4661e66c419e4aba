import type { LucideIcon } from 'lucide-react'

export type Segment = { readonly value: string; readonly label: string; readonly icon?: LucideIcon }
export type SegmentsProps = { label: string; name: string; value: string; options: readonly Segment[] }

/** A few choices side by side; each is a submit button of the form around it. */
export function Segments({ label, name, value, options }: SegmentsProps) {
  return (
    <fieldset className="segments" aria-label={label}>
      {options.map((option) => (
        <button
          key={option.value}
          type="submit"
          name={name}
          value={option.value}
          className="segment"
          aria-pressed={option.value === value}
        >
          {option.icon && <option.icon className="icon" aria-hidden />}
          {option.label}
        </button>
      ))}
    </fieldset>
  )
}
