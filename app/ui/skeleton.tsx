import { cx } from './cx.ts'

/** A place kept at its final height, so that nothing jumps. Give it its size by class: `h-7 w-40`. */
export function Skeleton({ className }: { className?: string }) {
  return <span className={cx('skeleton', className)} aria-hidden />
}

/** Rows of the table that will stand here. */
export function SkeletonRows({ rows, label = 'Loading' }: { rows: number; label?: string }) {
  return (
    <div className="skeleton-rows" role="status">
      <span className="visually-hidden">{label}</span>
      {Array.from({ length: rows }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they are all alike and never change places
        <span key={`row-${index + 1}`} aria-hidden />
      ))}
    </div>
  )
}
