import { Bookmark } from 'lucide-react'
import { useEffect, useState } from 'react'
import { paths, viewHref } from '#app/paths.ts'
import { Button, ButtonLink } from '#app/ui/button.tsx'
import { Input } from '#app/ui/field.tsx'
import { Link } from '#app/ui/navigation.tsx'
import { Popover } from '#app/ui/popover.tsx'
import { showToast } from '#app/ui/toast.tsx'
import { VIEW_NAME_CHARS_MAX, viewQuery } from '#server/domain/saved-view.ts'
import { NOT_MAY, useViewFetcher, ViewLine, type SavedView, type ViewLineProps } from './view-line.tsx'
import { useLook } from './view-look.tsx'

export type SavedViewsProps = {
  /** The path of the list. */
  screen: string
  /** The query of this address. */
  search: string
  views: readonly SavedView[]
  mayKeep: boolean
}

/** The views of a list: open one, keep this one, choose with which the list opens. */
export function SavedViews({ screen, search, views, mayKeep }: SavedViewsProps) {
  const here = views.filter((view) => view.screen === screen)
  const query = viewQuery(search)
  const saved = new URLSearchParams(search).get('saved')
  const open = here.find(({ viewId }) => `${viewId}` === saved) ?? null
  const { now, reset } = useLook()
  const { query: kept, look } = open ?? { query, look: null }
  const isModified = kept !== query || (look !== null && (look.columns !== now.columns || look.density !== now.density))
  const removal = useRemoval(views)
  const label = (
    <>
      {open ? open.name : 'Views'}
      {isModified && (
        <span className="view-dot" title="Modified">
          <span className="visually-hidden">modified</span>
        </span>
      )}
    </>
  )
  return (
    <Popover label={label} panelLabel="Views of this list" icon={Bookmark} kind="ghost">
      <ul>
        <li>
          <Link href={screen} className="menu-item" aria-current={saved === null && query === '' ? 'true' : undefined}>
            Everything
          </Link>
        </li>
        {here.map((view) => (
          <ViewLine
            key={view.viewId}
            view={view}
            isOpen={view === open}
            returnTo={screen + search}
            mayKeep={mayKeep}
            onOpen={reset}
            {...removal}
          />
        ))}
      </ul>
      <KeepThis
        key={open ? [open.viewId, open.name, open.query].join(' ') : ''}
        screen={screen}
        query={query}
        open={open}
        isModified={isModified}
        mayKeep={mayKeep}
        onReset={reset}
      />
    </Popover>
  )
}

type KeepProps = {
  screen: string
  query: string
  open: SavedView | null
  isModified: boolean
  mayKeep: boolean
  onReset: () => void
}

function KeepThis({ screen, query, open, isModified, mayKeep, onReset }: KeepProps) {
  const fetcher = useViewFetcher()
  const { columns, density } = useLook().now
  const isMine = open?.isMine ?? false
  return (
    <fetcher.Form method="post" action={paths.views()} className="popover-foot">
      <input type="hidden" name="screen" value={screen} />
      <input type="hidden" name="query" value={query} />
      <input type="hidden" name="columns" value={columns} />
      <input type="hidden" name="density" value={density} />
      <Input
        label="Name"
        name="name"
        required
        maxLength={VIEW_NAME_CHARS_MAX}
        defaultValue={isMine ? open?.name : ''}
        hint="The filters and the scope as they are now. A name of yours that is there already is replaced."
      />
      <label className="flex items-center gap-2">
        <input
          type="checkbox"
          className="check"
          name="keepsLook"
          value="yes"
          defaultChecked={open === null || open.look !== null}
        />
        With these columns and this row height
      </label>
      <label className="flex items-center gap-2">
        <input type="checkbox" className="check" name="isTeam" value="yes" defaultChecked={isMine && open?.isTeam} />
        For the whole team
      </label>
      <label className="flex items-center gap-2">
        <input type="checkbox" className="check" name="isDefault" value="yes" defaultChecked={open?.isDefault} />
        The list opens with it
      </label>
      <div className="flex justify-end gap-2">
        {isModified && open && (
          <ButtonLink href={viewHref(screen, open.query, open.viewId)} size="small" kind="ghost" onClick={onReset}>
            Reset to {open.name}
          </ButtonLink>
        )}
        <Button
          type="submit"
          name="do"
          value="save"
          size="small"
          kind="primary"
          reasonAlign="end"
          disabledReason={mayKeep ? null : NOT_MAY}
        >
          Save this view
        </Button>
      </div>
    </fetcher.Form>
  )
}

/** Offers to take a removal back, once it is done: one that is still on its way would overtake what takes it back. */
function useRemoval(views: readonly SavedView[]): Pick<ViewLineProps, 'remover' | 'onRemove'> {
  const remover = useViewFetcher()
  const { submit } = useViewFetcher()
  const [removing, setRemoving] = useState<SavedView | null>(null)
  const isDone = removing !== null && remover.state === 'idle' && !views.some(({ viewId }) => viewId === removing.viewId)
  useEffect(() => {
    if (!isDone) return
    const { name, screen, query, isTeam, isDefault } = removing
    const again = { do: 'save', screen, name, query, ...(isDefault && { isDefault: 'yes' }) }
    const undo = () => submit(again, { method: 'post', action: paths.views() })
    showToast({ text: `View “${name}” removed.`, ...(!isTeam && { undo }) })
    setRemoving(null)
  }, [isDone, removing, submit])
  return { remover, onRemove: setRemoving }
}
