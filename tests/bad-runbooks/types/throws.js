throw new Error('there is no zone');
