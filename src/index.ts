export * from './ses'; // what SES is
export * from './records'; // what is published
export * from './receipt'; // whom received mail is for
export * from './dns'; // where it is published
export * from './delegation'; // who else may write
export * from './identity'; // who writes
export * from './proof'; // that it is who it says
export * from './events'; // what happened to it
export * from './notifications'; // who is told of it
export * from './recipients'; // whom it may reach
export * from './sending'; // how it leaves
export * from './templates'; // what it says
export * from './reputation'; // how it is judged
export * from './guard'; // what pauses it in time
export * from './monitoring'; // what people are told
export * from './imports'; // whom it may reach, by the thousand
export * from './smtp'; // how programs without an AWS SDK send
export * from './actions'; // what is done with mail that comes in
export * from './mailboxes'; // where it is kept
export * from './gates'; // what is stopped
export * from './forwarding'; // what goes on to others
export * from './receiving'; // how it comes in
export * from './account'; // the licence to post
export * from './checks'; // cdk-nag rules about mail
