import { useId, type ReactNode } from 'react'

export type ProgressProps = {
  label: ReactNode
  value: number
  max: number
  /** In the reader's units: '412,000 of 1,284,000 records · EUR 12,430,112.00'. */
  text: ReactNode
}

export function Progress({ label, value, max, text }: ProgressProps) {
  const id = useId()
  return (
    <div className="progress" data-tone="running">
      <div className="progress-text">
        <label htmlFor={id}>{label}</label>
        <span className="text-ink-2">{text}</span>
      </div>
      <progress id={id} value={value} max={Math.max(max, 1)} />
    </div>
  )
}
