// The real Supabase Auth, as the lab builds it: migrates its database and serves, by its own environment.
package main

import (
	"context"
	"log"
	"os/signal"
	"syscall"

	"github.com/supabase/auth/cmd"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := cmd.RootCommand().ExecuteContext(ctx); err != nil {
		log.Fatal(err)
	}
}
