import { LoaderCircle, type LucideIcon } from 'lucide-react'
import { useId, type ButtonHTMLAttributes, type ReactNode } from 'react'
import { cx } from './cx.ts'
import { Link, type LinkProps } from './navigation.tsx'

export type ButtonKind = 'primary' | 'secondary' | 'danger' | 'ghost'
type Look = { kind?: ButtonKind; size?: 'normal' | 'small'; icon?: LucideIcon; iconOnly?: boolean }

export type ButtonProps = Look &
  Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'disabled'> & {
    children: ReactNode
    /** At work on it: shows so and takes no second press. */
    pending?: boolean
    /** A button that cannot be pressed says why. It keeps the focus, so that the reason can be found by keyboard. */
    disabledReason?: string | null | undefined
    /** Which edge of the button the reason lines up with. */
    reasonAlign?: 'start' | 'end'
  }

export function Button({
  kind = 'secondary',
  size = 'normal',
  icon,
  iconOnly = false,
  pending = false,
  disabledReason,
  reasonAlign = 'start',
  type = 'button',
  className,
  children,
  onClick,
  ...rest
}: ButtonProps) {
  const reasonId = useId()
  const stopped = pending || Boolean(disabledReason)
  const button = (
    <button
      {...rest}
      // Without a script only the type keeps a disabled submit from being sent.
      type={disabledReason ? 'button' : type}
      className={cx('button', className)}
      data-kind={kind}
      data-size={size}
      data-icon-only={iconOnly || undefined}
      aria-disabled={stopped || undefined}
      aria-busy={pending || undefined}
      aria-describedby={disabledReason ? reasonId : rest['aria-describedby']}
      onClick={(event) => (stopped ? event.preventDefault() : onClick?.(event))}
    >
      <Inside icon={icon} iconOnly={iconOnly} pending={pending}>
        {children}
      </Inside>
    </button>
  )
  if (!disabledReason) return button
  return (
    <span className="reasoned" data-align={reasonAlign}>
      {button}
      <span role="tooltip" id={reasonId} className="reason">
        {disabledReason}
      </span>
    </span>
  )
}

export type ButtonLinkProps = Look & LinkProps & { children: ReactNode }

/** Looks like a button, goes somewhere. */
export function ButtonLink({
  kind = 'secondary',
  size = 'normal',
  icon,
  iconOnly = false,
  className,
  children,
  ...rest
}: ButtonLinkProps) {
  return (
    <Link {...rest} className={cx('button', className)} data-kind={kind} data-size={size} data-icon-only={iconOnly || undefined}>
      <Inside icon={icon} iconOnly={iconOnly} pending={false}>
        {children}
      </Inside>
    </Link>
  )
}

type InsideProps = { icon: LucideIcon | undefined; iconOnly: boolean; pending: boolean; children: ReactNode }

function Inside({ icon: Icon, iconOnly, pending, children }: InsideProps) {
  return (
    <>
      {pending ? <LoaderCircle className="icon spin" aria-hidden /> : Icon && <Icon className="icon" aria-hidden />}
      {iconOnly ? <span className="visually-hidden">{children}</span> : children}
    </>
  )
}
