import { Columns3, Minus, Plus } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { bounded, NO_CHOICE, type ColumnChoice } from './column-choice.ts'
import { Popover } from './popover.tsx'

export type ColumnName = { readonly key: string; readonly head: ReactNode; readonly fixed: boolean }
type ColumnsMenuProps = { columns: readonly ColumnName[]; choice: ColumnChoice; choose: (choice: ColumnChoice) => void }

const STEP = 24
/** Where a column begins that had no width of its own. */
const USUAL = 160

/** Which columns are shown and how wide: what the edge of a head does by hand, by keys. */
export function ColumnsMenu({ columns, choice, choose }: ColumnsMenuProps) {
  const { hidden, widths } = choice
  const show = (key: string, shown: boolean) =>
    choose({ ...choice, hidden: shown ? hidden.filter((other) => other !== key) : [...hidden, key] })
  const widen = (key: string, by: number) =>
    choose({ ...choice, widths: { ...widths, [key]: bounded((widths[key] ?? USUAL) + by) } })
  return (
    <Popover label="Columns" panelLabel="Columns of this table" icon={Columns3} kind="ghost">
      <ul>
        {columns.map(({ key, head, fixed }) => (
          <li key={key} className="view-line">
            <label className="menu-item">
              <input
                type="checkbox"
                className="check"
                checked={!hidden.includes(key)}
                disabled={fixed}
                onChange={(event) => show(key, event.currentTarget.checked)}
              />
              {head}
            </label>
            <Button size="small" kind="ghost" icon={Minus} iconOnly onClick={() => widen(key, -STEP)}>
              {head} narrower
            </Button>
            <Button size="small" kind="ghost" icon={Plus} iconOnly onClick={() => widen(key, STEP)}>
              {head} wider
            </Button>
          </li>
        ))}
      </ul>
      <div className="popover-foot">
        <Button size="small" onClick={() => choose(NO_CHOICE)}>
          All columns as they were
        </Button>
      </div>
    </Popover>
  )
}
