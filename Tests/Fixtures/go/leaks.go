// Leaks files by Go's own system calls, which go past libc, beside libc, which it calls as well:
//
//	leaks_in_go PATH [waits]
//
// and ends by itself, or says "ready" and waits to be killed. As a library, which others load, it
// leaks when its function is called.
package main

// #include <stdlib.h>
import "C"

import (
	"fmt"
	"os"
	"time"
)

var kept []*os.File

func leak(path string) {
	for i := 0; i < 6; i++ {
		file, err := os.Open(path)
		if err != nil {
			panic(err)
		}
		kept = append(kept, file)
	}
}

//export leak_in_go
func leak_in_go(path *C.char) { leak(C.GoString(path)) }

func main() {
	C.free(nil)
	leak(os.Args[1])
	if len(os.Args) > 2 {
		fmt.Println("ready")
		time.Sleep(time.Hour)
	}
}
