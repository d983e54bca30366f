import { Icon, type IconName } from '../../ui/icon.tsx'

export type Delivery = 'sending' | 'failed' | 'sent' | 'delivered' | 'read'

const marks: Record<Delivery, { name: string; icon: IconName; look: string }> = {
  sending: { name: 'Sending', icon: 'clock', look: 'text-own-soft' },
  failed: { name: 'Not sent', icon: 'alert', look: 'text-danger' },
  sent: { name: 'Sent', icon: 'check', look: 'text-own-soft' },
  delivered: { name: 'Delivered', icon: 'checks', look: 'text-own-soft' },
  read: { name: 'Read', icon: 'checks', look: 'text-read' },
}

/** Under one's own messages. `sent` means stored: the server says so only then. */
export function DeliveryMark({ delivery }: { delivery: Delivery }) {
  const { name, icon, look } = marks[delivery]
  return (
    <span role="img" aria-label={name} title={name} data-delivery={delivery} className={look}>
      <Icon name={icon} className="size-4" />
    </span>
  )
}
