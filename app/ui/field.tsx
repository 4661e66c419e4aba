import { ChevronDown, CircleAlert } from 'lucide-react'
import { useId, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes, type TextareaHTMLAttributes } from 'react'
import { cx } from './cx.ts'

export type FieldText = {
  label: ReactNode
  hint?: ReactNode
  /** What is wrong and how to put it right. */
  error?: ReactNode
}
export type ControlAttributes = {
  id: string
  'aria-describedby': string | undefined
  'aria-invalid': true | undefined
  required: boolean | undefined
}
export type FieldProps = FieldText & {
  required?: boolean | undefined
  id?: string | undefined
  className?: string | undefined
  children: (control: ControlAttributes) => ReactNode
}

/** Label, control, hint and error, tied together. Required is the rule; what is optional says so. */
export function Field({ label, hint, error, required, id, className, children }: FieldProps) {
  const own = useId()
  const controlId = id ?? own
  const hintId = `${controlId}-hint`
  const errorId = `${controlId}-error`
  const described = [error && errorId, hint && hintId].filter(Boolean).join(' ')
  return (
    <div className={cx('field', className)}>
      <label className="field-label" htmlFor={controlId}>
        {label}
        {!required && <span className="field-optional"> (optional)</span>}
      </label>
      {children({
        id: controlId,
        'aria-describedby': described || undefined,
        'aria-invalid': error ? true : undefined,
        required,
      })}
      {error && (
        <p className="field-error" id={errorId}>
          <CircleAlert className="icon" aria-hidden />
          <span>{error}</span>
        </p>
      )}
      {hint && (
        <p className="field-hint" id={hintId}>
          {hint}
        </p>
      )}
    </div>
  )
}

export type InputProps = FieldText & InputHTMLAttributes<HTMLInputElement>

export function Input({ label, hint, error, required, id, className, ...rest }: InputProps) {
  return (
    <Field {...{ label, hint, error, required, id, className }}>
      {(control) => <input type="text" {...(rest.type === 'date' && LAST_DAY)} {...rest} {...control} className="input" />}
    </Field>
  )
}

/** Without it a browser takes years of six digits. */
const LAST_DAY = { max: '9999-12-31' }

export type Option = { readonly value: string; readonly label: string; readonly disabled?: boolean }
export type SelectProps = FieldText & SelectHTMLAttributes<HTMLSelectElement> & { options: readonly Option[] }

export function Select({ label, hint, error, required, id, className, options, ...rest }: SelectProps) {
  return (
    <Field {...{ label, hint, error, required, id, className }}>
      {(control) => (
        <span className="select-wrap">
          <select {...rest} {...control} className="input">
            <Options options={options} />
          </select>
          <ChevronDown className="icon" aria-hidden />
        </span>
      )}
    </Field>
  )
}

export type TextareaProps = FieldText & TextareaHTMLAttributes<HTMLTextAreaElement>

export function Textarea({ label, hint, error, required, id, className, ...rest }: TextareaProps) {
  return (
    <Field {...{ label, hint, error, required, id, className }}>
      {(control) => <textarea rows={3} {...rest} {...control} className="input" />}
    </Field>
  )
}

export function Options({ options }: { options: readonly Option[] }) {
  return options.map(({ value, label, disabled }) => (
    <option key={value} value={value} disabled={disabled}>
      {label}
    </option>
  ))
}
