// Words of the notifications: the panel behind the bell and the page of choices.
import type { Word } from './index';
import type { words as ko } from './ko.inbox';

export const words: Record<keyof typeof ko, Word> = {
  'inbox.filter': 'What to show',
  'inbox.all': 'All',
  'inbox.unread': 'Unread',
  'inbox.mentions': 'Mentions',
  'inbox.mine': 'Mine',
  'inbox.allread': 'Mark all read',
  'inbox.settings': 'Choose what you are told',
  'inbox.read': 'Mark read',
  'inbox.unseen': 'Mark unread',
  'inbox.mute': 'Stop telling me about this',
  'inbox.muted': '{name} is muted. Mentions still reach you.',
  'inbox.unmute': 'Tell me again',
  'inbox.unmuted': 'You will hear of {name} again',
  'inbox.times': '{said} ({n} times)',
  'inbox.older': 'there are older ones',
  'inbox.more': 'Show more',
  'inbox.new': 'Unread',
  'inbox.empty': 'Nothing new',
  'inbox.empty.help': 'When something concerns you, you read it here.',
  'inbox.empty.filter': 'No such notifications',
  'inbox.inside': 'work note',
  'inbox.lead': 'Choose what you want to be told. You never hear of your own deeds.',
  'inbox.every': 'All work',
  'inbox.mutes': 'Muted records',
  'inbox.mutes.none': 'You have muted nothing. A record can be muted in the list of notifications.',
  'inbox.keys': 'J K move · Enter open · X read or unread · Q mute',
  'inbox.gone': 'A record you can no longer see',
};
